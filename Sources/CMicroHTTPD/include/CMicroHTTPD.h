#pragma once

// Nothing here may define _GNU_SOURCE: system types would then differ from those of Swift's Glibc module.
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <microhttpd.h>
#include <stddef.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/// Loads libmicrohttpd, and with it GnuTLS; nothing of theirs may be called before. Once for each process.
///
/// Returns NULL, or why it cannot be.
const char *parley_mhd_load(void);

_Static_assert(MHD_VERSION >= 0x00097500, "libmicrohttpd 0.9.75 or later is needed");

/// Everything one daemon is started with. Swift fills it in, so its callbacks are checked by type.
struct parley_mhd_setup {
    void *context;
    MHD_LogCallback log;
    void *(*request_line)(void *context, const char *target, struct MHD_Connection *connection);
    MHD_AccessHandlerCallback access;
    MHD_RequestCompletedCallback completed;
    MHD_NotifyConnectionCallback connection;
    size_t (*unescape)(void *context, struct MHD_Connection *connection, char *text);
    /// A certificate chain and its key as PEM, for HTTPS; NULL for HTTP.
    const char *certificate;
    const char *key;
    /// The pass phrase of the key; NULL where it has none.
    const char *key_password;
    const char *tls_priorities;
    size_t connection_memory;
    unsigned int connection_limit;
    unsigned int idle_seconds;
};

/// Whether the parser leaves the lines of a head where they were received, and so lenient as `HeadLines` says.
int parley_mhd_parses_in_place(void);

/// `MHD_start_daemon` is variadic. The logger comes first, or start-up errors bypass it.
struct MHD_Daemon *parley_mhd_start(const struct parley_mhd_setup *setup);

/// Read what there is, or fail: Swift finds `MSG_DONTWAIT` in debug builds, and not in optimized ones.
static const int parley_mhd_dont_wait = MSG_DONTWAIT;

/// accept4(2), which Swift's Glibc module leaves out: close-on-exec from the first moment, since a connection that a child process inherits
/// would stay open after it was closed here.
static inline int parley_mhd_accept(int listener, struct sockaddr *address, socklen_t *size) {
    return (int)syscall(SYS_accept4, listener, address, size, SOCK_CLOEXEC);
}

/// `MHD_get_daemon_info` is variadic and returns a union.
int parley_mhd_epoll_descriptor(struct MHD_Daemon *daemon);

/// `MHD_get_connection_info` is variadic and returns a union.
int parley_mhd_descriptor(struct MHD_Connection *connection);

/// `MHD_get_connection_info` is variadic and returns a union.
const struct sockaddr *parley_mhd_client_address(struct MHD_Connection *connection);

/// `MHD_get_connection_info` is variadic and returns a union. A `gnutls_session_t`, which is a pointer.
void *parley_mhd_tls_session(struct MHD_Connection *connection);

/// `MHD_get_connection_info` is variadic and returns a union.
void *parley_mhd_socket_context(struct MHD_Connection *connection);

/// `MHD_set_response_options` is variadic. A response as for HTTP/1.0: no chunks, and the connection ends after it.
enum MHD_Result parley_mhd_send_without_chunks(struct MHD_Response *response);

/// Swift's Glibc module leaves out <sys/eventfd.h>.
static inline int parley_mhd_event_descriptor(void) {
    return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
}

/// `syscall` is variadic, and glibc's own wrapper needs _GNU_SOURCE. The processors this process may run on: in a container,
/// often fewer than the machine has.
static inline int parley_mhd_available_cores(void) {
    unsigned long mask[128] = {0};
    int cores = 0;
    long size = syscall(SYS_sched_getaffinity, 0, sizeof mask, mask);
    for (size_t word = 0; word * sizeof *mask < (size_t)(size > 0 ? size : 0); word++) {
        cores += __builtin_popcountl(mask[word]);
    }
    return cores > 0 ? cores : 1;
}

/// `prctl` is variadic. Names the calling thread for debuggers and `top`; at most 15 bytes.
static inline void parley_mhd_name_thread(const char *name) {
    prctl(PR_SET_NAME, name);
}
