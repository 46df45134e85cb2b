/*
 * test_documents.c — the documents printed from the tables are current.
 *
 * When one fails: print it again with the command in the message, and read the difference.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DOCUMENT_MAX 262144

static char *read_all(FILE *file, const char *what)
{
    cr_assert_not_null(file, "%s cannot be read", what);
    char *text = malloc(DOCUMENT_MAX);
    cr_assert_not_null(text);
    const size_t size = fread(text, 1, DOCUMENT_MAX - 1, file);
    cr_assert_lt(size, DOCUMENT_MAX - 1, "%s: larger than this test reads", what);
    text[size] = '\0';
    return text;
}

static char *printed(const char *program, const char *option)
{
    char command[512];
    (void)snprintf(command, sizeof command, "%s %s", program, option);
    FILE *pipe = popen(command, "r");
    char *text = read_all(pipe, command);
    cr_assert_eq(pclose(pipe), 0, "%s failed", command);
    cr_assert_gt(strlen(text), 200, "%s prints nothing", command);
    return text;
}

static char *committed(const char *path)
{
    FILE *file = fopen(path, "r");
    char *text = read_all(file, path);
    (void)fclose(file);
    return text;
}

/* The first line in which the two differ. */
static int line_of_difference(const char *a, const char *b)
{
    int line = 1;
    while (*a == *b && *a != '\0') {
        line += *a == '\n';
        a++;
        b++;
    }
    return line;
}

static void check(const char *path, const char *option)
{
    char *is = committed(path);
    char *should_be = printed(WM_CATALOG_PROGRAM, option);
    cr_assert(strcmp(is, should_be) == 0,
              "%s:%d: not what the tables say; print it again: wm-catalog %s >%s", path,
              line_of_difference(is, should_be), option, path);
    free(is);
    free(should_be);
}

Test(documents, REGISTERS_is_current)
{
    check("firmware/service/modbus/REGISTERS.md", "--registers");
}

Test(documents, SETTINGS_is_current)
{
    check("firmware/catalog/SETTINGS.md", "--settings");
}

Test(documents, ALARMS_is_current)
{
    check("firmware/catalog/ALARMS.md", "--alarms");
}

Test(documents, the_MIB_file_is_current)
{
    check("firmware/service/snmp/GBMS-MIB.txt", "--mib");
}

Test(documents, CONSOLE_is_current)
{
    const char *path = "firmware/service/console/CONSOLE.md";
    char *is = committed(path);
    char *should_be = printed(WM_CONSOLE_PROGRAM, "");
    cr_assert(strcmp(is, should_be) == 0,
              "%s:%d: not what the table of commands says; print it again: wm-console >%s", path,
              line_of_difference(is, should_be), path);
    free(is);
    free(should_be);
}

Test(documents, the_message_table_in_BUS_is_current)
{
    char *is = committed("sim/BUS.md");
    char *should_be = printed(WM_CATALOG_PROGRAM, "--messages");
    cr_assert_not_null(strstr(is, should_be),
                       "sim/BUS.md: lacks the table that wm-catalog --messages prints, as printed");
    free(is);
    free(should_be);
}

/* Below "`examples/NAME.lua`, whole:" stands what that scenario file is. */
Test(documents, examples_of_the_language_are_the_files_that_every_run_plays)
{
    static const char says_whole[] = "`, whole:\n\n```lua\n";
    char *page = committed("scenarios/README.md");
    int examples = 0;
    for (char *end = strstr(page, says_whole); end != NULL; end = strstr(end + 1, says_whole)) {
        char path[200];
        const char *name = end;
        while (name > page && name[-1] != '`') {
            name--;
        }
        (void)snprintf(path, sizeof path, "scenarios/%.*s", (int)(end - name), name);
        char *is = committed(path);
        const char *shown = end + strlen(says_whole);
        const size_t size = strlen(is);
        cr_assert(strncmp(shown, is, size) == 0 && strncmp(shown + size, "```\n", 4) == 0,
                  "scenarios/README.md: what it shows of %s differs in the file's line %d", path,
                  line_of_difference(shown, is));
        free(is);
        examples++;
    }
    cr_assert_gt(examples, 0);
    free(page);
}
