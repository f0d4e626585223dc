#ifndef PARLEY_CSQLITE_SHIM_H
#define PARLEY_CSQLITE_SHIM_H

#include <malloc.h>
#include <sqlite3.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

_Static_assert(SQLITE_VERSION_NUMBER >= 3038000, "SQLite 3.38 or later is needed: it tells where in a statement an error is");

// sqlite3_db_config is variadic, which Swift cannot call: one function for the options that take an int.
// https://www.sqlite.org/c3ref/db_config.html
static inline int parley_sqlite3_db_config(sqlite3 *db, int option, int value) {
    return sqlite3_db_config(db, option, value, (int *)0);
}

// sqlite3_config is variadic. Without its statistics, SQLite's allocator needs no lock that all threads share. Only before any database is open.
// https://www.sqlite.org/c3ref/c_config_covering_index_scan.html#sqliteconfigmemstatus
static inline int parley_sqlite3_config_memstatus(int on) {
    return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, on);
}

// SQLITE_TRANSIENT is a cast macro, which Swift does not import: SQLite takes a copy of what is bound.
// https://www.sqlite.org/c3ref/bind_blob.html
static inline int parley_sqlite3_bind_text(sqlite3_stmt *statement, int index, const char *text, sqlite3_uint64 size) {
    return sqlite3_bind_text64(statement, index, text, size, SQLITE_TRANSIENT, SQLITE_UTF8);
}

static inline int parley_sqlite3_bind_blob(sqlite3_stmt *statement, int index, const void *bytes, sqlite3_uint64 size) {
    return sqlite3_bind_blob64(statement, index, bytes, size, SQLITE_TRANSIENT);
}

// Swift's Glibc module leaves statfs(2) out, the one call that tells the kind of a file system; 0 where it fails.
static inline uint32_t parley_file_system_type(const char *path) {
    struct statfs status;
    return statfs(path, &status) == 0 ? (uint32_t)status.f_type : 0;
}

// Swift's Glibc module leaves renameat2(2) out, the one call that lets two files change places in one step. <unistd.h> and <fcntl.h> would
// make this module the owner of names that Swift expects in Glibc.
long syscall(long number, ...);
static inline int parley_exchange_files(const char *first, const char *second) {
    const int current_directory = -100;
    const unsigned exchange = 1 << 1;
    return (int)syscall(SYS_renameat2, current_directory, first, current_directory, second, exchange);
}

// Swift's Glibc module leaves mallopt(3) out. Returns 1, and 0 where it is refused.
static inline int parley_set_heap_padding(int bytes) {
    return mallopt(M_TOP_PAD, bytes);
}

#endif
