// The limit for migrations: a loop that applies a directory of SQL files and records them, and checks nothing.
//
//     migrate DATABASE DIR        (prints the elapsed milliseconds)
//
// As parley does: one transaction a file, WAL, synchronous=NORMAL during the run, one checkpoint at its end.

#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static sqlite3 *database;
static sqlite3_stmt *record;

static void die(const char *what, const char *why) {
    fprintf(stderr, "migrate: %s: %s\n", what, why);
    exit(1);
}

static void run(const char *sql, const char *name) {
    if (sqlite3_exec(database, sql, NULL, NULL, NULL) != SQLITE_OK) die(name, sqlite3_errmsg(database));
}

static char *read_file(const char *directory, const char *name) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *file = fopen(path, "r");
    char *text = NULL;
    size_t size = 0;
    if (!file || getdelim(&text, &size, 0, file) < 0) die(path, strerror(errno));
    fclose(file);
    return text;
}

static void apply(const char *directory, const char *name) {
    char *sql = read_file(directory, name);
    run("BEGIN IMMEDIATE", name);
    run(sql, name);
    sqlite3_bind_text(record, 1, name, -1, SQLITE_STATIC);
    if (sqlite3_step(record) != SQLITE_DONE) die(name, sqlite3_errmsg(database));
    sqlite3_reset(record);
    run("COMMIT", name);
    free(sql);
}

static int is_migration(const struct dirent *entry) {
    const char *dot = strrchr(entry->d_name, '.');
    return dot && strcmp(dot, ".sql") == 0;
}

static double milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void open_database(const char *path) {
    if (sqlite3_open(path, &database) != SQLITE_OK) die(path, sqlite3_errmsg(database));
    run("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
        "CREATE TABLE IF NOT EXISTS migrations (id INTEGER PRIMARY KEY AUTOINCREMENT, filename TEXT NOT NULL UNIQUE,"
        " checksum TEXT, applied_at DATETIME DEFAULT CURRENT_TIMESTAMP)", path);
    const char *insert = "INSERT INTO migrations (filename) VALUES (?1)";
    if (sqlite3_prepare_v2(database, insert, -1, &record, NULL) != SQLITE_OK) die(insert, sqlite3_errmsg(database));
}

int main(int count, char **arguments) {
    if (count != 3) die("usage", "migrate DATABASE DIR");
    double start = milliseconds();
    open_database(arguments[1]);
    struct dirent **entries;
    int files = scandir(arguments[2], &entries, is_migration, versionsort);
    if (files < 0) die(arguments[2], strerror(errno));
    for (int i = 0; i < files; i++) apply(arguments[2], entries[i]->d_name);
    run("PRAGMA wal_checkpoint(TRUNCATE)", "checkpoint");
    printf("%.1f\n", milliseconds() - start);
}
