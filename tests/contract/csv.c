/*
 * csv.c — a reader for the spec tables: commas, double quotes around a cell, '#' comments.
 */
#include "csv.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

/* Cuts text in place; returns how many cells there are. */
static int cut(const struct csv *csv, char *text, const char *cells[CSV_CELLS_MAX])
{
    int count = 0;
    char *from = text;
    char *to = text;
    bool is_quoted = false;
    cells[count++] = to;
    while (*from != '\0') {
        if (*from == '"') {
            is_quoted = !is_quoted;
        } else if (*from == ',' && !is_quoted) {
            *to++ = '\0';
            cr_assert_lt(count, CSV_CELLS_MAX, "%s:%d: too many cells", csv->name, csv->line);
            cells[count++] = to;
        } else {
            *to++ = *from;
        }
        from++;
    }
    *to = '\0';
    cr_assert_not(is_quoted, "%s:%d: a quote is not closed", csv->name, csv->line);
    return count;
}

/* The next line that is neither empty nor a comment, without its end. */
static bool next_line(struct csv *csv, char *text)
{
    while (fgets(text, CSV_LINE_MAX, csv->file) != NULL) {
        csv->line++;
        const size_t length = strlen(text);
        cr_assert(text[length - 1] == '\n', "%s:%d: line too long", csv->name, csv->line);
        text[length - 1] = '\0';
        if (text[0] != '#' && text[0] != '\0') {
            return true;
        }
    }
    return false;
}

void csv_open(struct csv *csv, const char *name)
{
    memset(csv, 0, sizeof *csv);
    (void)snprintf(csv->name, sizeof csv->name, "tests/vectors/spec/%s", name);
    csv->file = fopen(csv->name, "r");
    cr_assert_not_null(csv->file, "%s cannot be opened; run from the top of the tree", csv->name);
    cr_assert(next_line(csv, csv->head_text), "%s: has no head", csv->name);
    csv->columns = cut(csv, csv->head_text, csv->head);
}

bool csv_next(struct csv *csv)
{
    if (!next_line(csv, csv->row_text)) {
        (void)fclose(csv->file);
        csv->file = NULL;
        return false;
    }
    cr_assert_eq(cut(csv, csv->row_text, csv->cell), csv->columns, "%s:%d: not %d cells", csv->name,
                 csv->line, csv->columns);
    return true;
}

const char *csv_text(const struct csv *csv, const char *column)
{
    for (int i = 0; i < csv->columns; i++) {
        if (strcmp(csv->head[i], column) == 0) {
            return csv->cell[i];
        }
    }
    cr_assert_fail("%s: has no column %s", csv->name, column);
    return "";
}

int32_t csv_number(const struct csv *csv, const char *column)
{
    const char *text = csv_text(csv, column);
    char *end;
    const long value = strtol(text, &end, 0);
    cr_assert(end != text && *end == '\0', "%s:%d: %s is no number: \"%s\"", csv->name, csv->line,
              column, text);
    return (int32_t)value;
}
