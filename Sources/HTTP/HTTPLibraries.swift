internal import CMicroHTTPD

/// libmicrohttpd, and GnuTLS with it. They are no part of the program until somebody asks for them: most commands need neither, and to load them
/// takes longer than what those do.
enum HTTPLibraries {
    /// Why they cannot be loaded; nil once they are.
    static let failure: String? = unsafe parley_mhd_load().map { unsafe String(cString: $0) }

    /// What comes before any call of libmicrohttpd.
    static func load() throws(ServerError) {
        if let failure { throw .libraryMissing(failure) }
    }

    /// What comes before any call of GnuTLS.
    static func loadForTLS() throws(TLSError) {
        do throws(ServerError) { try load() } catch { throw TLSError(error.description) }
    }
}
