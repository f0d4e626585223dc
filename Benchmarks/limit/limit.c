// The limit to measure parley against: the least that C does for the same answers with the same libraries.
//
//     limit DATABASE PORT        (port 0 takes a free one; "listening PORT" goes to standard output)
//
// libmicrohttpd is driven as in parley: one loop a core, each with a daemon of its own on a dup of one listening socket,
// waiting on libmicrohttpd's epoll descriptor and then calling MHD_run. SQLite: a query_only reader with prepared
// statements for each loop, one writer behind a mutex, WAL, synchronous=FULL, every POST a transaction of its own.
//
// The bytes of the answers are parley's; only what costs nothing to know is known: the first page of the list alone, one
// shape of JSON body, an entity tag from a cheap hash, no conditional requests, no log, no header checks.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { TITLE_MAX = 1020, ROW_MAX = 7 * TITLE_MAX, PAGE_MAX = 200, BODY_MAX = 4096, ID_LENGTH = 36, TIME_LENGTH = 24 };

struct text {
    char *at;
    size_t length;
};

struct loop {
    int number;
    int listener;
    uint64_t requests;
    sqlite3_stmt *get, *list;
    char *page;
};

// A POST in the making: its body, collected over the handler's calls.
struct upload {
    size_t length;
    char body[BODY_MAX];
};

static struct {
    pthread_mutex_t lock;
    sqlite3 *database;
    sqlite3_stmt *insert;
} writer = {.lock = PTHREAD_MUTEX_INITIALIZER};

static const char *path;
static uint32_t process_prefix;

static void die(const char *what, const char *why) {
    fprintf(stderr, "limit: %s: %s\n", what, why);
    exit(1);
}

// MARK: SQLite

static void run(sqlite3 *database, const char *sql) {
    if (sqlite3_exec(database, sql, NULL, NULL, NULL) != SQLITE_OK) die(sql, sqlite3_errmsg(database));
}

static sqlite3 *open_database(void) {
    sqlite3 *database;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    if (sqlite3_open_v2(path, &database, flags, NULL) != SQLITE_OK) die(path, sqlite3_errmsg(database));
    sqlite3_busy_timeout(database, 5000);
    run(database, "PRAGMA journal_mode=WAL");
    run(database, "PRAGMA synchronous=FULL");
    return database;
}

static sqlite3_stmt *prepare(sqlite3 *database, const char *sql) {
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v3(database, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) != SQLITE_OK)
        die(sql, sqlite3_errmsg(database));
    return statement;
}

// parley's migrations make the table; this is for a run without parley.
static void create_table_if_missing(sqlite3 *database) {
    if (sqlite3_table_column_metadata(database, NULL, "conversations", NULL, NULL, NULL, NULL, NULL, NULL) == SQLITE_OK)
        return;
    run(database,
        "CREATE TABLE conversations (id TEXT PRIMARY KEY NOT NULL, title TEXT NOT NULL, created_at TEXT NOT NULL,"
        " updated_at TEXT NOT NULL) STRICT;"
        "CREATE INDEX conversations_newest_first ON conversations (created_at DESC, id DESC)");
}

static void open_writer(void) {
    writer.database = open_database();
    create_table_if_missing(writer.database);
    writer.insert = prepare(
        writer.database, "INSERT INTO conversations (id, title, created_at, updated_at) VALUES (?1, ?2, ?3, ?3)");
}

static void open_reader(struct loop *loop) {
    sqlite3 *database = open_database();
    run(database, "PRAGMA query_only=ON");
    run(database, "PRAGMA wal_autocheckpoint=0");
    loop->get = prepare(database, "SELECT id, title, created_at, updated_at FROM conversations WHERE id = ?1");
    loop->list = prepare(
        database, "SELECT id, title, created_at, updated_at FROM conversations ORDER BY created_at DESC, id DESC LIMIT ?1");
}

// MARK: JSON

static char *put(char *out, const char *bytes, size_t length) {
    memcpy(out, bytes, length);
    return out + length;
}

#define PUT(out, literal) put(out, literal, sizeof(literal) - 1)

static char *put_escaped(char *out, const unsigned char *bytes, size_t length) {
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = bytes[i];
        if (byte < 0x20) {
            out += sprintf(out, "\\u%04x", byte);
        } else {
            if (byte == '"' || byte == '\\') *out++ = '\\';
            *out++ = (char)byte;
        }
    }
    return out;
}

static char *put_conversation(
    char *out, const char *id, const unsigned char *title, size_t title_length, const char *created, const char *updated) {
    out = PUT(out, "{\"id\":\"");
    out = put(out, id, ID_LENGTH);
    out = PUT(out, "\",\"title\":\"");
    out = put_escaped(out, title, title_length);
    out = PUT(out, "\",\"created_at\":\"");
    out = put(out, created, TIME_LENGTH);
    out = PUT(out, "\",\"updated_at\":\"");
    out = put(out, updated, TIME_LENGTH);
    return PUT(out, "\"}");
}

// A row too long for the buffers cannot come from parley, so it ends the program instead of overrunning them.
static char *put_row(char *out, sqlite3_stmt *row) {
    if (sqlite3_column_bytes(row, 0) != ID_LENGTH || sqlite3_column_bytes(row, 1) > TITLE_MAX ||
        sqlite3_column_bytes(row, 2) != TIME_LENGTH || sqlite3_column_bytes(row, 3) != TIME_LENGTH)
        die(path, "a row that is not of parley's form");
    return put_conversation(
        out, (const char *)sqlite3_column_text(row, 0), sqlite3_column_text(row, 1), (size_t)sqlite3_column_bytes(row, 1),
        (const char *)sqlite3_column_text(row, 2), (const char *)sqlite3_column_text(row, 3));
}

static const char *skip_space(const char *at, const char *end) {
    while (at < end && strchr(" \t\r\n", *at)) at++;
    return at;
}

static const char *expect(const char *at, const char *end, const char *literal) {
    if (!at) return NULL;
    at = skip_space(at, end);
    size_t length = strlen(literal);
    return (size_t)(end - at) >= length && memcmp(at, literal, length) == 0 ? at + length : NULL;
}

// Reads {"title":"…"} and nothing else. Of the escapes \" \\ \/ only: the others stand for control characters, which a
// title may not have, or for what UTF-8 says without them.
static bool parse_title(const char *at, const char *end, struct text *title) {
    at = expect(expect(expect(expect(at, end, "{"), end, "\"title\""), end, ":"), end, "\"");
    if (!at) return false;
    title->length = 0;
    for (; at < end && *at != '"'; at++) {
        if ((unsigned char)*at < 0x20 || title->length == TITLE_MAX) return false;
        if (*at == '\\' && (++at == end || !memchr("\"\\/", *at, 3))) return false;
        title->at[title->length++] = *at;
    }
    at = expect(expect(at, end, "\""), end, "}");
    return at && skip_space(at, end) == end && title->length > 0;
}

// MARK: Ids, times, tags

static int64_t now_in_milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

// UUID version 7: 48 bits of milliseconds, then randomness.
static void make_id(char id[static ID_LENGTH + 1], int64_t milliseconds) {
    uint64_t random[2];
    if (getrandom(random, sizeof random, 0) != sizeof random) die("getrandom", strerror(errno));
    snprintf(
        id, ID_LENGTH + 1, "%08x-%04x-7%03x-%04x-%012llx", (unsigned)(milliseconds >> 16) & 0xffffffff,
        (unsigned)milliseconds & 0xffff, (unsigned)random[0] & 0xfff, ((unsigned)(random[0] >> 16) & 0x3fff) | 0x8000,
        (unsigned long long)random[1] & 0xffffffffffff);
}

static void make_time(char out[static TIME_LENGTH + 1], int64_t milliseconds) {
    time_t seconds = milliseconds / 1000;
    struct tm utc;
    gmtime_r(&seconds, &utc);
    strftime(out, TIME_LENGTH + 1, "%Y-%m-%dT%H:%M:%S", &utc);
    unsigned rest = (unsigned)(milliseconds % 1000);
    char fraction[] = {'.', '0' + rest / 100, '0' + rest / 10 % 10, '0' + rest % 10, 'Z', 0};
    memcpy(out + 19, fraction, sizeof fraction);
}

// FNV-1a of 128 bits: a cheap stand-in for parley's SHA-256, with as many digits.
static void make_tag(char tag[static 35], const char *body, size_t length) {
    unsigned __int128 prime = ((unsigned __int128)1 << 88) + 0x13b;
    unsigned __int128 hash = ((unsigned __int128)0x6c62272e07bb0142 << 64) + 0x62b821756295c58d;
    for (size_t i = 0; i < length; i++) hash = (hash ^ (unsigned char)body[i]) * prime;
    sprintf(tag, "\"%016llx%016llx\"", (unsigned long long)(hash >> 64), (unsigned long long)hash);
}

static void make_cursor(char *out, const char *bytes, size_t length) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for (size_t i = 0; i < length; i += 3) {
        uint32_t group = 0;
        for (size_t j = 0; j < 3; j++) group = group << 8 | (i + j < length ? (unsigned char)bytes[i + j] : 0);
        for (size_t j = 0; j < 4 && i * 8 + j * 6 < length * 8; j++) *out++ = digits[group >> (18 - 6 * j) & 63];
    }
    *out = 0;
}

// MARK: Responses

static void add(struct MHD_Response *response, const char *name, const char *value) {
    if (MHD_add_response_header(response, name, value) != MHD_YES) die(name, "header refused");
}

static struct MHD_Response *make_response(struct loop *loop, const char *body, size_t length) {
    struct MHD_Response *response = MHD_create_response_from_buffer(length, (void *)body, MHD_RESPMEM_MUST_COPY);
    if (!response) die("response", "out of memory");
    char request[32];
    snprintf(request, sizeof request, "%08x-%x-%08llx", process_prefix, loop->number, (unsigned long long)loop->requests++);
    add(response, "X-Request-Id", request);
    add(response, "X-Content-Type-Options", "nosniff");
    add(response, "Content-Type", "application/json");
    return response;
}

static enum MHD_Result finish(struct MHD_Connection *connection, unsigned status, struct MHD_Response *response) {
    enum MHD_Result result = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result refuse(struct loop *loop, struct MHD_Connection *connection, unsigned status) {
    char body[32];
    int length = sprintf(body, "{\"status\":%u}", status);
    return finish(connection, status, make_response(loop, body, (size_t)length));
}

static void add_tag(struct MHD_Response *response, const char *body, size_t length) {
    char tag[35];
    make_tag(tag, body, length);
    add(response, "ETag", tag);
}

static void add_caching(struct MHD_Response *response) {
    add(response, "Cache-Control", "private, no-cache");
    add(response, "Vary", "Authorization");
}

// MARK: Routes

static enum MHD_Result get_conversation(struct loop *loop, struct MHD_Connection *connection, const char *id) {
    char body[ROW_MAX], *end = NULL;
    sqlite3_bind_text(loop->get, 1, id, -1, SQLITE_STATIC);
    int code = sqlite3_step(loop->get);
    if (code == SQLITE_ROW) end = put_row(body, loop->get);
    sqlite3_reset(loop->get);
    if (!end) return refuse(loop, connection, code == SQLITE_DONE ? 404 : 503);
    *end++ = '\n';

    size_t length = (size_t)(end - body);
    struct MHD_Response *response = make_response(loop, body, length);
    add_caching(response);
    add_tag(response, body, length);
    return finish(connection, 200, response);
}

static int page_limit(struct MHD_Connection *connection) {
    const char *text = MHD_lookup_connection_value(connection, MHD_GET_ARGUMENT_KIND, "limit");
    return text ? atoi(text) : 50;
}

// One row more than asked for tells whether there is a next page; the cursor is made of the last row's key.
static enum MHD_Result list_conversations(struct loop *loop, struct MHD_Connection *connection) {
    int limit = page_limit(connection), rows = 0;
    if (limit < 1 || limit > PAGE_MAX) return refuse(loop, connection, 400);
    char key[TIME_LENGTH + ID_LENGTH], cursor[96], link[192], *out = PUT(loop->page, "{\"data\":[");
    bool has_more = false;
    sqlite3_bind_int(loop->list, 1, limit + 1);
    while (sqlite3_step(loop->list) == SQLITE_ROW) {
        has_more = rows++ == limit;
        if (has_more) break;
        if (rows > 1) *out++ = ',';
        out = put_row(out, loop->list);
        memcpy(key, sqlite3_column_text(loop->list, 2), TIME_LENGTH);
        memcpy(key + TIME_LENGTH, sqlite3_column_text(loop->list, 0), ID_LENGTH);
    }
    if (sqlite3_reset(loop->list) != SQLITE_OK) return refuse(loop, connection, 503);

    if (has_more) {
        make_cursor(cursor, key, sizeof key);
        out += sprintf(out, "],\"has_more\":true,\"next_cursor\":\"%s\"}\n", cursor);
        snprintf(link, sizeof link, "</conversations?limit=%d&cursor=%s>; rel=\"next\"", limit, cursor);
    } else {
        out = PUT(out, "],\"has_more\":false,\"next_cursor\":null}\n");
    }
    struct MHD_Response *response = make_response(loop, loop->page, (size_t)(out - loop->page));
    add_caching(response);
    if (has_more) add(response, "Link", link);
    return finish(connection, 200, response);
}

// Outside an explicit transaction each INSERT commits, and with synchronous=FULL is on disk, before step returns.
static int insert(const char *id, struct text title, const char *time) {
    pthread_mutex_lock(&writer.lock);
    sqlite3_bind_text(writer.insert, 1, id, ID_LENGTH, SQLITE_STATIC);
    sqlite3_bind_text(writer.insert, 2, title.at, (int)title.length, SQLITE_STATIC);
    sqlite3_bind_text(writer.insert, 3, time, TIME_LENGTH, SQLITE_STATIC);
    sqlite3_step(writer.insert);
    int code = sqlite3_reset(writer.insert);
    pthread_mutex_unlock(&writer.lock);
    return code;
}

static enum MHD_Result create_conversation(
    struct loop *loop, struct MHD_Connection *connection, const struct upload *upload) {
    char bytes[TITLE_MAX], id[ID_LENGTH + 1], time[TIME_LENGTH + 1], body[ROW_MAX], location[64];
    struct text title = {.at = bytes};
    if (!parse_title(upload->body, upload->body + upload->length, &title)) return refuse(loop, connection, 400);
    int64_t now = now_in_milliseconds();
    make_id(id, now);
    make_time(time, now);
    if (insert(id, title, time) != SQLITE_OK) return refuse(loop, connection, 503);

    char *end = put_conversation(body, id, (const unsigned char *)title.at, title.length, time, time);
    *end++ = '\n';
    size_t length = (size_t)(end - body);
    struct MHD_Response *response = make_response(loop, body, length);
    snprintf(location, sizeof location, "/conversations/%s", id);
    add(response, "Location", location);
    add_tag(response, body, length);
    return finish(connection, 201, response);
}

// MARK: libmicrohttpd

static enum MHD_Result handle_get(struct loop *loop, struct MHD_Connection *connection, const char *url) {
    static const char prefix[] = "/conversations";
    if (strncmp(url, prefix, sizeof prefix - 1) != 0) return refuse(loop, connection, 404);
    const char *rest = url + sizeof prefix - 1;
    if (*rest == 0) return list_conversations(loop, connection);
    return *rest == '/' ? get_conversation(loop, connection, rest + 1) : refuse(loop, connection, 404);
}

static enum MHD_Result handle_post(
    struct loop *loop, struct MHD_Connection *connection, const char *url, const char *data, size_t *size,
    struct upload *upload) {
    if (*size > 0) {
        if (upload->length + *size > BODY_MAX) return MHD_NO;
        memcpy(upload->body + upload->length, data, *size);
        upload->length += *size;
        *size = 0;
        return MHD_YES;
    }
    return strcmp(url, "/conversations") == 0 ? create_conversation(loop, connection, upload)
                                              : refuse(loop, connection, 404);
}

// What stands in for a request that has no body to collect.
static char no_upload;

// libmicrohttpd calls this once with the headers, once for each piece of the body, and once more for the answer.
static enum MHD_Result handle(
    void *context, struct MHD_Connection *connection, const char *url, const char *method, const char *version,
    const char *data, size_t *size, void **request) {
    (void)version;
    bool is_get = strcmp(method, "GET") == 0, is_post = strcmp(method, "POST") == 0;
    if (!*request) {
        *request = is_post ? calloc(1, sizeof(struct upload)) : (void *)&no_upload;
        return *request ? MHD_YES : MHD_NO;
    }
    if (is_post) return handle_post(context, connection, url, data, size, *request);
    return is_get ? handle_get(context, connection, url) : refuse(context, connection, 405);
}

static void completed(
    void *context, struct MHD_Connection *connection, void **request, enum MHD_RequestTerminationCode code) {
    (void)context, (void)connection, (void)code;
    if (*request != &no_upload) free(*request);
}

static struct MHD_Daemon *start_daemon(struct loop *loop) {
    return MHD_start_daemon(
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, &handle, loop,
        MHD_OPTION_LISTEN_SOCKET, dup(loop->listener), MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)32768,
        MHD_OPTION_CONNECTION_TIMEOUT, 30u, MHD_OPTION_NOTIFY_COMPLETED, &completed, NULL,
        MHD_OPTION_STRICT_FOR_CLIENT, -1, MHD_OPTION_END);
}

// Waits no longer than libmicrohttpd says: it may still have buffered input, for which no event will come.
_Noreturn static void *run_loop(void *argument) {
    struct loop *loop = argument;
    open_reader(loop);
    struct MHD_Daemon *daemon = start_daemon(loop);
    if (!daemon) die("MHD_start_daemon", strerror(errno));
    int inner = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd, outer = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN};
    if (outer < 0 || epoll_ctl(outer, EPOLL_CTL_ADD, inner, &event) != 0) die("epoll", strerror(errno));
    for (;;) {
        MHD_UNSIGNED_LONG_LONG timeout;
        bool bounded = MHD_get_timeout(daemon, &timeout) == MHD_YES;
        epoll_wait(outer, &event, 1, bounded ? (int)timeout : -1);
        MHD_run(daemon);
    }
}

static int open_listener(const char *port) {
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port)), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), yes = 1;
    if (listener < 0 || setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0 ||
        bind(listener, (struct sockaddr *)&address, length) != 0 || listen(listener, 1024) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &length) != 0)
        die("listen", strerror(errno));
    printf("listening %d\n", ntohs(address.sin_port));
    fflush(stdout);
    return listener;
}

int main(int count, char **arguments) {
    if (count != 3) die("usage", "limit DATABASE PORT");
    signal(SIGPIPE, SIG_IGN);
    path = arguments[1];
    if (getrandom(&process_prefix, sizeof process_prefix, 0) != sizeof process_prefix) die("getrandom", strerror(errno));
    open_writer();
    int listener = open_listener(arguments[2]);
    int cores = (int)sysconf(_SC_NPROCESSORS_ONLN);
    pthread_t thread;
    for (int i = 0; i < cores; i++) {
        struct loop *loop = calloc(1, sizeof *loop);
        *loop = (struct loop){.number = i, .listener = listener, .page = malloc(PAGE_MAX * ROW_MAX + 512)};
        pthread_create(&thread, NULL, run_loop, loop);
    }
    pthread_join(thread, NULL);
}
