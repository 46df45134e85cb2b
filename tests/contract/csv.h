/*
 * csv.h — reads the spec tables: one row at a time, cells by the name of their column.
 *
 * Always true: a file that is not there, a row with more or fewer cells than the head, or an
 * unknown column ends the test with a message; nothing is skipped but comments and empty lines.
 */
#ifndef CSV_H
#define CSV_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define CSV_CELLS_MAX 12
#define CSV_LINE_MAX  512

struct csv {
    char name[128]; /* ro */
    int line;       /* ro: of the present row */
    FILE *file;
    int columns;
    char head_text[CSV_LINE_MAX];
    char row_text[CSV_LINE_MAX];
    const char *head[CSV_CELLS_MAX];
    const char *cell[CSV_CELLS_MAX];
};

/* Opens tests/vectors/spec/NAME and reads its head. */
void csv_open(struct csv *csv, const char *name);

/* The next row; false, and the file closed, after the last. */
bool csv_next(struct csv *csv);

/* A cell of the present row, valid until the next. */
const char *csv_text(const struct csv *csv, const char *column);
int32_t csv_number(const struct csv *csv, const char *column);

#endif
