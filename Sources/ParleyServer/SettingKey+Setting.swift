import Database
import HTTP
import Logging

extension SettingKey {
    /// The table of settings. One entry here, a property in ``Settings`` and an option of `parley serve` make a setting.
    public var setting: Setting {
        switch self {
        case .config:
            Setting(
                "A file with settings, each by the name of its flag: YAML (.yaml, .yml) or JSON (.json)",
                default: "none",
                "file",
                form: "a path",
                intoOptional: \.config,
                parse: Self.text
            )
        case .database:
            Setting(
                "The database file, made where there is none; :memory: for one that is not kept",
                default: "parley.db",
                "path",
                form: "a path, or :memory:",
                into: \.database,
                parse: Self.location
            )
        case .migrations:
            Setting(
                "The directory with the migration files",
                default: "migrations",
                "dir",
                form: "a directory",
                into: \.migrations,
                parse: Self.text
            )
        case .host:
            Setting(
                "The address to listen on: IPv4, IPv6 or localhost; :: takes both families",
                default: "127.0.0.1",
                "address",
                form: "an address",
                into: \.host,
                parse: Self.text
            )
        case .port:
            Setting(
                "The port to listen on; 0 takes a free one, which the log line \"listening\" tells",
                default: "8080",
                "port",
                form: "a whole number from 0 to 65535",
                into: \.port
            ) { UInt16($0) }
        case .tokenFile:
            Setting(
                "The file with the tokens that requests need, as parley token makes it; read again on SIGHUP",
                default: "none, and requests need no token",
                "path",
                form: "a path",
                intoOptional: \.tokenFile,
                parse: Self.text
            )
        case .insecureNoAuth:
            Setting(
                "Serve without tokens on an address that others can reach: let everybody in",
                default: "false",
                "bool",
                form: "true or false",
                into: \.allowsStrangers
            ) { Bool($0) }
        case .corsOrigin:
            Setting(
                "The origins whose pages may use the server from a browser, with commas between them",
                default: "none",
                "origins",
                form: "origins such as https://app.example.org, with commas between them, and no *",
                into: \.corsOrigins,
                parse: CORS.origins
            )
        case .tlsCertificate:
            Setting(
                "The certificate of HTTPS, with its chain, as PEM; read again on SIGHUP",
                default: "none, and HTTP",
                "path",
                form: "a path",
                intoOptional: \.tlsCertificate,
                parse: Self.text
            )
        case .tlsKey:
            Setting(
                "The private key of the certificate, as PEM; where it has a pass phrase, PARLEY_TLS_KEY_PASSWORD; read again on SIGHUP",
                default: "none",
                "path",
                form: "a path",
                intoOptional: \.tlsKey,
                parse: Self.text
            )
        case .tlsKeyPassword:
            Setting(
                "The pass phrase of the private key",
                default: "none",
                "text",
                form: "a pass phrase of one character or more, in UTF-8",
                isReloaded: true,
                isSecret: true,
                intoOptional: \.tlsKeyPassword,
                parse: Secret.init
            )
        case .bodyLimit:
            Setting(
                "The longest body of a request that is kept whole",
                default: "64KiB",
                "size",
                form: Self.sizeForm,
                into: \.bodyLimit
            ) { Self.size($0, in: 0...(64 << 20)) }
        case .urlLimit:
            Setting(
                "The longest path and query of a request",
                default: "8KiB",
                "size",
                form: Self.sizeForm,
                into: \.urlLimit
            ) { Self.size($0, in: 256...(1 << 20)) }
        case .headerLimit:
            Setting(
                "The longest request line and headers together; memory for a quarter more is cleared after each request",
                default: "32KiB",
                "size",
                form: Self.sizeForm,
                into: \.headerLimit
            ) { Self.size($0, in: 1024...(1 << 20)) }
        case .requestTimeout:
            Setting(
                "How long a request may take, from its first line to the end of its answer",
                default: "30s",
                "time",
                form: Self.durationForm,
                into: \.requestTimeout,
                parse: Self.positiveDuration
            )
        case .idleTimeout:
            Setting(
                "How long a connection may rest between requests, in whole seconds",
                default: "60s",
                "time",
                form: Self.durationForm,
                into: \.idleTimeout,
                parse: Self.positiveDuration
            )
        case .maxConnections:
            Setting(
                "How many connections there may be at once; more wait",
                default: "1024",
                "number",
                form: "a whole number from 1 to 1000000",
                into: \.maxConnections
            ) { Self.number($0, in: 1...1_000_000) }
        case .maxConnectionsPerClient:
            Setting(
                "How many of them one client may have (an IPv4 address, an IPv6 /64, not this machine), 0 for any number; more are closed",
                default: "256",
                "number",
                form: "a whole number from 0 to 1000000",
                into: \.maxConnectionsPerClient
            ) { Self.number($0, in: 0...1_000_000) }
        case .loops:
            Setting(
                "How many threads serve connections",
                default: "one for each processor",
                "number",
                form: "a whole number from 1 to 1024",
                intoOptional: \.loops
            ) { Self.number($0, in: 1...1_024) }
        case .adminAddress:
            Setting(
                "A listener of its own for health and metrics, which are nowhere else then, and need no token",
                default: "none",
                "host:port",
                form: "an address and a port, such as 127.0.0.1:9090 or [::1]:9090",
                intoOptional: \.adminAddress,
                parse: Self.address
            )
        case .onMigrationFailure:
            Setting(
                "exit: end with a diagnosis; hold: stay alive and unready, with the reason at /migrations",
                default: "exit",
                "action",
                form: "exit or hold",
                into: \.onMigrationFailure
            ) { Settings.OnMigrationFailure(rawValue: $0) }
        case .logFormat:
            Setting(
                "How lines on standard error look: json or text",
                default: "text on a terminal, else json",
                "format",
                form: "json or text",
                intoOptional: \.logFormat
            ) { LogFormat(rawValue: $0) }
        case .logLevel:
            Setting(
                "trace, debug, info, notice, warning, error or critical; notice and above leave out the requests",
                default: "info",
                "level",
                form: "trace, debug, info, notice, warning, error or critical",
                isReloaded: true,
                into: \.logLevel
            ) { Logger.Level(rawValue: $0) }
        case .synchronous:
            Setting(
                "full: a 2xx answer means that the disk has it; normal: a power cut may lose the last writes, never the database",
                default: "full",
                "level",
                form: "full or normal",
                into: \.synchronous
            ) { SQLiteConfiguration.Synchronous(rawValue: $0.uppercased()) }
        case .requireIfMatch:
            Setting(
                "Change and delete only what the client has seen: without If-Match, 428 precondition-required",
                default: "false",
                "bool",
                form: "true or false",
                into: \.requiresIfMatch
            ) { Bool($0) }
        case .shutdownTimeout:
            Setting(
                "How long requests that are under way may take when the server stops",
                default: "25s",
                "time",
                form: Self.durationForm,
                into: \.shutdownTimeout,
                parse: Self.duration
            )
        case .importLimit:
            Setting(
                "The longest body of an import",
                default: "1024MiB",
                "size",
                form: Self.sizeForm,
                into: \.importLimit
            ) { Self.size($0, in: 0...(1 << 50)) }
        case .lockTimeout:
            Setting(
                "How long to wait for another process that holds the database",
                default: "60s",
                "time",
                form: Self.durationForm,
                into: \.lockTimeout,
                parse: Self.duration
            )
        case .migrationTimeout:
            Setting(
                "How long all migrations together may take",
                default: "no limit",
                "time",
                form: Self.durationForm,
                intoOptional: \.migrationTimeout,
                parse: Self.duration
            )
        case .migrationBackups:
            Setting(
                "How many of the backups that runs of migrations begin with are kept; 0 makes none",
                default: "3",
                "number",
                form: "a whole number from 0 to 1000",
                into: \.migrationBackups
            ) { Self.number($0, in: 0...1_000) }
        case .allowOutOfOrder:
            Setting(
                "Apply a file although one with a higher number is applied already",
                default: "false",
                "bool",
                form: "true or false",
                into: \.allowsOutOfOrder
            ) { Bool($0) }
        case .allowNewerSchema:
            Setting(
                "Go on although the database is newer than the files, after going back to an earlier release",
                default: "false",
                "bool",
                form: "true or false",
                into: \.allowsNewerSchema
            ) { Bool($0) }
        }
    }

    private static func text(_ text: String) -> String? {
        text.isEmpty ? nil : text
    }

    private static func location(_ text: String) -> SQLiteConfiguration.Location? {
        switch text {
        case "": nil
        case ":memory:": .memory
        default: .file(text)
        }
    }

    /// `127.0.0.1:9090`, `localhost:9090` or `[::1]:9090`.
    private static func address(_ text: String) -> SocketAddress? {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else { return nil }
        let host = text[..<colon]
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
        let bare = isBracketed ? host.dropFirst().dropLast() : host
        guard !bare.isEmpty, bare.contains(":") == isBracketed else { return nil }
        return SocketAddress(host: String(bare), port: port)
    }

    private static func number(_ text: String, in range: ClosedRange<Int>) -> Int? {
        guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), let number = Int(text) else { return nil }
        return range.contains(number) ? number : nil
    }

    private static let sizeForm = "a number of bytes, such as 65536, or with a unit: 64KiB, 1MiB"

    private static func size(_ text: String, in range: ClosedRange<Int>) -> Int? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let count = number(String(digits), in: 0...(1 << 50)) else { return nil }
        let (size, isTooLarge) =
            switch text.dropFirst(digits.count) {
            case "": (count, false)
            case "KiB": count.multipliedReportingOverflow(by: 1 << 10)
            case "MiB": count.multipliedReportingOverflow(by: 1 << 20)
            default: (-1, true)
            }
        return !isTooLarge && range.contains(size) ? size : nil
    }

    private static func positiveDuration(_ text: String) -> Duration? {
        duration(text).flatMap { $0 > .zero ? $0 : nil }
    }

    private static let durationForm = "a number of seconds, such as 30, or with a unit: 500ms, 30s, 5m"

    private static func duration(_ text: String) -> Duration? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int64(digits), number <= 1_000_000_000 else { return nil }
        return switch text.dropFirst(digits.count) {
        case "", "s": .seconds(number)
        case "ms": .milliseconds(number)
        case "m": .seconds(number * 60)
        default: nil
        }
    }
}
