/// Heads that make two servers disagree about where a request ends, or that break the protocol otherwise: each as a name and its header lines.
/// What follows each head would be a second request to a server that was fooled.
enum Smuggling {
    static let vectors: [(name: String, headers: String)] = [
        ("length and coding", "Host: test\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n"),
        ("coding and length", "Host: test\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n"),
        ("two equal lengths", "Host: test\r\nContent-Length: 4\r\nContent-Length: 4\r\n"),
        ("two lengths", "Host: test\r\nContent-Length: 4\r\nContent-Length: 40\r\n"),
        ("a list of lengths", "Host: test\r\nContent-Length: 4, 4\r\n"),
        ("a signed length", "Host: test\r\nContent-Length: +4\r\n"),
        ("a hexadecimal length", "Host: test\r\nContent-Length: 0x4\r\n"),
        ("an empty length", "Host: test\r\nContent-Length: \r\n"),
        ("two codings", "Host: test\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n"),
        ("two equal codings", "Host: test\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
        ("an unknown coding", "Host: test\r\nTransfer-Encoding: xchunked\r\n"),
        ("a list of codings", "Host: test\r\nTransfer-Encoding: gzip, chunked\r\n"),
        ("a quoted coding", "Host: test\r\nTransfer-Encoding: \"chunked\"\r\n"),
        ("no host", "Accept: */*\r\n"),
        ("two hosts", "Host: test\r\nHost: other\r\n"),
        ("a host with a path", "Host: test/evil\r\n"),
        ("a host with credentials", "Host: user@test\r\n"),
        ("a list of hosts", "Host: test, other\r\n"),
        ("two credentials", "Host: test\r\nAuthorization: Bearer a\r\nAuthorization: Bearer b\r\n"),
        ("a name that is no token", "Host: test\r\nX(Y): 1\r\n"),
        ("a control character in a value", "Host: test\r\nX-Y: a\u{1}b\r\n"),
    ]

    /// What only libmicrohttpd's parser sees, so that no gate can be asked about it.
    static let parserVectors: [(name: String, headers: String)] = [
        ("a space before the colon", "Host: test\r\nContent-Length : 4\r\n"),
        ("a line without a colon", "Host: test\r\nContent-Length\r\n"),
        ("a folded value", "Host: test\r\nX-Y: a\r\n b\r\n"),
        ("a folded coding", "Host: test\r\nTransfer-Encoding:\r\n chunked\r\n"),
        ("a folded last line", "Host: test\r\nX-Y: a\r\n\tContent-Length: 4\r\n"),
        ("a NUL in a value", "Host: test\r\nX-Y: a\u{0}b\r\nAccept: */*\r\n"),
        ("a NUL in the last value", "Host: test\r\nX-Y: a\u{0}b\r\n"),
        ("a NUL behind a length", "Host: test\r\nContent-Length: 4\u{0}\r\nAccept: */*\r\n"),
        ("a NUL in a name", "Host: test\r\nX\u{0}Y: a\r\nAccept: */*\r\n"),
        ("a lone CR in a value", "Host: test\r\nX-Y: a\rContent-Length: 4\r\n"),
        ("a lone CR behind a value", "Host: test\r\nX-Y: a\rAccept: */*\r\n"),
        ("a lone LF behind a value", "Host: test\r\nX-Y: a\nAccept: */*\r\n"),
        ("a lone LF behind the last value", "Host: test\r\nX-Y: a\n"),
    ]
}
