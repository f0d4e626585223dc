import Glibc

/// Why a token file cannot be used, in a sentence that says what to do next.
public struct TokenFileError: Error, Sendable, CustomStringConvertible {
    public let description: String

    private init(_ description: String) {
        self.description = description
    }

    static func missing(_ path: String) -> TokenFileError {
        TokenFileError("there is no token file \(path). \(advice(path))")
    }

    static func empty(_ path: String) -> TokenFileError {
        TokenFileError("the token file \(path) has no tokens, so nobody could use the server. \(advice(path))")
    }

    private static func advice(_ path: String) -> String {
        "Make a token with `parley token create --token-file \(path) --name NAME --scope read|write|admin`."
    }

    static func unnamed() -> TokenFileError {
        TokenFileError("say which token file: --token-file PATH, or PARLEY_TOKEN_FILE")
    }

    static func notATokenFile(_ path: String) -> TokenFileError {
        TokenFileError("\(path) is no token file: it is not a regular file, or far too large")
    }

    static func badLine(_ path: String, _ line: Int) -> TokenFileError {
        TokenFileError("\(path):\(line) is no token. Remove the line, or take the file from a backup; `parley token` writes it.")
    }

    static func repeatedName(_ path: String, _ name: String, line: Int) -> TokenFileError {
        TokenFileError("\(path):\(line) is a second token called \(name). Remove one of them.")
    }

    static func foreignOwner(_ path: String) -> TokenFileError {
        TokenFileError(
            "the token file \(path) belongs to another user, who could put tokens into it: make it root's or this user's (chown)"
        )
    }

    static func writableByOthers(_ path: String) -> TokenFileError {
        TokenFileError("others can write the token file \(path), and so put tokens into it: chmod go-w \(path)")
    }

    static func nameTaken(_ name: String) -> TokenFileError {
        TokenFileError("there is a token called \(name) already: choose another name, or revoke that one first")
    }

    static func unknownName(_ name: String, known: [String]) -> TokenFileError {
        TokenFileError("there is no token called \(name)\(known.isEmpty ? "" : "; there are \(known.joined(separator: ", "))")")
    }

    /// What errno says.
    static func system(_ what: String) -> TokenFileError {
        unsafe TokenFileError("\(what): \(String(cString: strerror(errno)))")
    }
}
