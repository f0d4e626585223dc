// Only a server, and a probe over HTTPS, need libmicrohttpd and GnuTLS: they are loaded then, since the dynamic linker takes two
// milliseconds for them at every start of a program that is linked with them (docs/decisions/010-http-libraries-on-demand.md).
#include "CMicroHTTPD.h"
#include <dlfcn.h>
#include <stdio.h>

/// The functions of theirs that are called, each with its parameters.
#define FUNCTIONS(FUNCTION) \
    FUNCTION(enum MHD_Result, MHD_add_connection, \
        (struct MHD_Daemon *daemon, MHD_socket socket, const struct sockaddr *address, socklen_t size), \
        (daemon, socket, address, size)) \
    FUNCTION(enum MHD_Result, MHD_add_response_header, \
        (struct MHD_Response *response, const char *name, const char *value), \
        (response, name, value)) \
    FUNCTION(struct MHD_Response *, MHD_create_response_from_buffer, \
        (size_t size, void *buffer, enum MHD_ResponseMemoryMode mode), \
        (size, buffer, mode)) \
    FUNCTION(struct MHD_Response *, MHD_create_response_from_callback, \
        (uint64_t size, size_t block, MHD_ContentReaderCallback read, void *context, MHD_ContentReaderFreeCallback free), \
        (size, block, read, context, free)) \
    FUNCTION(void, MHD_destroy_response, (struct MHD_Response *response), (response)) \
    FUNCTION(int, MHD_get_connection_values_n, \
        (struct MHD_Connection *connection, enum MHD_ValueKind kind, MHD_KeyValueIteratorN iterator, void *context), \
        (connection, kind, iterator, context)) \
    FUNCTION(enum MHD_Result, MHD_get_timeout, \
        (struct MHD_Daemon *daemon, MHD_UNSIGNED_LONG_LONG *milliseconds), \
        (daemon, milliseconds)) \
    FUNCTION(const char *, MHD_get_version, (void), ()) \
    FUNCTION(enum MHD_Result, MHD_lookup_connection_value_n, \
        (struct MHD_Connection *connection, enum MHD_ValueKind kind, const char *key, size_t key_size, const char **value, size_t *size), \
        (connection, kind, key, key_size, value, size)) \
    FUNCTION(enum MHD_Result, MHD_queue_response, \
        (struct MHD_Connection *connection, unsigned int status, struct MHD_Response *response), \
        (connection, status, response)) \
    FUNCTION(void, MHD_resume_connection, (struct MHD_Connection *connection), (connection)) \
    FUNCTION(enum MHD_Result, MHD_run, (struct MHD_Daemon *daemon), (daemon)) \
    FUNCTION(void, MHD_set_panic_func, (MHD_PanicCallback panic, void *context), (panic, context)) \
    FUNCTION(void, MHD_stop_daemon, (struct MHD_Daemon *daemon), (daemon)) \
    FUNCTION(void, MHD_suspend_connection, (struct MHD_Connection *connection), (connection)) \
    FUNCTION(int, gnutls_certificate_allocate_credentials, (gnutls_certificate_credentials_t *credentials), (credentials)) \
    FUNCTION(void, gnutls_certificate_free_credentials, (gnutls_certificate_credentials_t credentials), (credentials)) \
    FUNCTION(int, gnutls_certificate_get_crt_raw, \
        (gnutls_certificate_credentials_t credentials, unsigned chain, unsigned index, gnutls_datum_t *certificate), \
        (credentials, chain, index, certificate)) \
    FUNCTION(const gnutls_datum_t *, gnutls_certificate_get_peers, (gnutls_session_t session, unsigned int *count), (session, count)) \
    FUNCTION(int, gnutls_certificate_set_x509_key_mem2, \
        (gnutls_certificate_credentials_t credentials, const gnutls_datum_t *certificate, const gnutls_datum_t *key, \
            gnutls_x509_crt_fmt_t format, const char *password, unsigned int flags), \
        (credentials, certificate, key, format, password, flags)) \
    FUNCTION(int, gnutls_credentials_set, \
        (gnutls_session_t session, gnutls_credentials_type_t type, void *credentials), \
        (session, type, credentials)) \
    FUNCTION(void, gnutls_deinit, (gnutls_session_t session), (session)) \
    FUNCTION(int, gnutls_error_is_fatal, (int error), (error)) \
    FUNCTION(int, gnutls_handshake, (gnutls_session_t session), (session)) \
    FUNCTION(int, gnutls_init, (gnutls_session_t *session, unsigned int flags), (session, flags)) \
    FUNCTION(ssize_t, gnutls_record_recv, (gnutls_session_t session, void *data, size_t size), (session, data, size)) \
    FUNCTION(ssize_t, gnutls_record_send, (gnutls_session_t session, const void *data, size_t size), (session, data, size)) \
    FUNCTION(int, gnutls_set_default_priority, (gnutls_session_t session), (session)) \
    FUNCTION(const char *, gnutls_strerror, (int error), (error)) \
    FUNCTION(void, gnutls_transport_set_int2, (gnutls_session_t session, int receiving, int sending), (session, receiving, sending)) \
    FUNCTION(void, gnutls_x509_crt_deinit, (gnutls_x509_crt_t certificate), (certificate)) \
    FUNCTION(time_t, gnutls_x509_crt_get_activation_time, (gnutls_x509_crt_t certificate), (certificate)) \
    FUNCTION(time_t, gnutls_x509_crt_get_expiration_time, (gnutls_x509_crt_t certificate), (certificate)) \
    FUNCTION(int, gnutls_x509_crt_import, \
        (gnutls_x509_crt_t certificate, const gnutls_datum_t *data, gnutls_x509_crt_fmt_t format), \
        (certificate, data, format)) \
    FUNCTION(int, gnutls_x509_crt_init, (gnutls_x509_crt_t *certificate), (certificate))

/// Those that take any number of arguments, and so cannot be handed on: they are called from here alone.
#define VARIADIC_FUNCTIONS(FUNCTION) \
    FUNCTION(struct MHD_Daemon *, MHD_start_daemon, , ) \
    FUNCTION(const union MHD_DaemonInfo *, MHD_get_daemon_info, , ) \
    FUNCTION(const union MHD_ConnectionInfo *, MHD_get_connection_info, , ) \
    FUNCTION(enum MHD_Result, MHD_set_response_options, , )

// Where each was found, and a function of its name that goes there. It is hidden, or the libraries would call it in place of their own.
#define PLACE(result, name, parameters, arguments) static void *found_##name;
#define FOUND(name) ((__typeof__(&name))found_##name)
#define FORWARD(result, name, parameters, arguments) \
    __attribute__((visibility("hidden"))) result name parameters { return FOUND(name) arguments; }
FUNCTIONS(PLACE)
VARIADIC_FUNCTIONS(PLACE)
FUNCTIONS(FORWARD)

/// Of the library that was loaded, which need not be that of the headers: 0.9.75 is 9075, and 1.0.1 is 1000001. Debian has both under one name.
static unsigned int version;

static const unsigned int oldest_version = 9075, first_strict_version = 9076;

static const char *check_version(void) {
    static char reason[100];
    const char *text = MHD_get_version();
    unsigned int major = 0, minor = 0, patch = 0;
    sscanf(text, "%u.%u.%u", &major, &minor, &patch);
    version = major * 1000000 + minor * 1000 + patch;
    if (version >= oldest_version) return NULL;
    snprintf(reason, sizeof reason, "the one that is here is %s", text);
    return reason;
}

const char *parley_mhd_load(void) {
#define ENTRY(result, name, parameters, arguments) {#name, &found_##name},
    static const struct {
        const char *name;
        void **place;
    } entries[] = {FUNCTIONS(ENTRY) VARIADIC_FUNCTIONS(ENTRY)};
    void *library = dlopen("libmicrohttpd.so.12", RTLD_NOW | RTLD_LOCAL);
    if (!library) return dlerror();
    for (size_t index = 0; index < sizeof entries / sizeof *entries; index++) {
        // GnuTLS as well: what libmicrohttpd was linked with is searched after it, and sessions are shared with just that one.
        *entries[index].place = dlsym(library, entries[index].name);
        if (!*entries[index].place) return dlerror();
    }
    return check_version();
}

int parley_mhd_parses_in_place(void) {
    return version < first_strict_version;
}

/// In 0.9.75 a strictness of -1 is what makes the parser refuse a space before a header's colon; in later versions that is the most lenient,
/// and 1 is strict as far as RFC 9112 goes.
static int strictness(void) {
    return version < first_strict_version ? -1 : 1;
}

struct MHD_Daemon *parley_mhd_start(const struct parley_mhd_setup *setup) {
    struct MHD_OptionItem tls[] = {
        {MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)setup->certificate},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)setup->key},
        {MHD_OPTION_HTTPS_KEY_PASSWORD, 0, (void *)setup->key_password},
        {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)setup->tls_priorities},
        {MHD_OPTION_END, 0, NULL},
    };
    struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}};
    unsigned int flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_NO_LISTEN_SOCKET | MHD_USE_ERROR_LOG;
    return FOUND(MHD_start_daemon)(
        setup->certificate ? flags | MHD_USE_TLS : flags, 0, NULL, NULL, setup->access, setup->context,
        MHD_OPTION_EXTERNAL_LOGGER, setup->log, setup->context,
        MHD_OPTION_ARRAY, setup->certificate ? tls : none,
        MHD_OPTION_URI_LOG_CALLBACK, setup->request_line, setup->context,
        MHD_OPTION_NOTIFY_COMPLETED, setup->completed, setup->context,
        MHD_OPTION_NOTIFY_CONNECTION, setup->connection, setup->context,
        MHD_OPTION_UNESCAPE_CALLBACK, setup->unescape, setup->context,
        MHD_OPTION_STRICT_FOR_CLIENT, strictness(),
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, setup->connection_memory,
        MHD_OPTION_CONNECTION_LIMIT, setup->connection_limit,
        MHD_OPTION_CONNECTION_TIMEOUT, setup->idle_seconds,
        MHD_OPTION_END);
}

int parley_mhd_epoll_descriptor(struct MHD_Daemon *daemon) {
    return FOUND(MHD_get_daemon_info)(daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
}

int parley_mhd_descriptor(struct MHD_Connection *connection) {
    return FOUND(MHD_get_connection_info)(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
}

const struct sockaddr *parley_mhd_client_address(struct MHD_Connection *connection) {
    return FOUND(MHD_get_connection_info)(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr;
}

void *parley_mhd_tls_session(struct MHD_Connection *connection) {
    return FOUND(MHD_get_connection_info)(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION)->tls_session;
}

void *parley_mhd_socket_context(struct MHD_Connection *connection) {
    return FOUND(MHD_get_connection_info)(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
}

enum MHD_Result parley_mhd_send_without_chunks(struct MHD_Response *response) {
    return FOUND(MHD_set_response_options)(response, MHD_RF_HTTP_1_0_COMPATIBLE_STRICT, MHD_RO_END);
}
