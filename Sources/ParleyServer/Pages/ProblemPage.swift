import HTTP
import HTTPTypes

/// What is told about a problem at `/problems/<code>`: what it means, what to do about it, and what it looks like.
struct ProblemPage: Sendable {
    let code: ProblemCode

    var page: Page {
        Page(
            title: entry.title,
            content: """
                <main>
                <p class="soft"><a href="/problems">Problems</a></p>
                <h1>\(entry.title)</h1>
                <p><code>\(code.rawValue)</code> \(Self.status(code))</p>
                <h4>What it means</h4>
                <p>\(entry.meaning)</p>
                <h4>What to do</h4>
                <p>\(entry.remedy)</p>
                \(retry.map { "<p class=\"soft\">\($0)</p>" as HTML })
                <h4>Example</h4>
                <pre><code>\(JSONIndentation.indented(example))</code></pre>
                </main>
                """
        )
    }

    var text: String {
        """
        \(entry.title) (\(code.rawValue), status \(entry.status.code))

        \(entry.meaning)
        \(entry.remedy)\(retry.map { "\n\($0)" } ?? "")

        \(String(decoding: example, as: UTF8.self))
        """
    }

    private var retry: String? {
        entry.retryAfter.map { "The answer has Retry-After: \($0), the seconds after which to try again." }
    }

    private var entry: ProblemCode.Entry { code.entry }

    private var example: [UInt8] {
        var problem = Problem(code, entry.example)
        if code == .validationFailed {
            problem.faults = [Problem.Fault(pointer: "/title", code: "blank", detail: "has to have a character that is not white space")]
        }
        return problem.response(instance: "/conversations", requestID: "5e012041-1").body
    }

    private static func status(_ code: ProblemCode) -> HTML {
        "<span class=\"status s\(code.status.code / 100)\">\(code.status.code)</span> \(code.status.reasonPhrase)"
    }
}

// MARK: - All of them

extension ProblemPage {
    static var list: Page {
        let rows = ProblemCode.allCases.map { code -> HTML in
            """
            <tr><td class="name"><a href="/problems/\(code.rawValue)">\(code.rawValue)</a></td><td>\(code.status.code)</td>\
            <td>\(code.entry.meaning)</td></tr>

            """
        }
        return Page(
            title: "Problems",
            content: """
                <main>
                <h1>Problems</h1>
                <p>What goes wrong is answered as <code>application/problem+json</code>
                (<a href="https://www.rfc-editor.org/rfc/rfc9457">RFC 9457</a>). Programs branch on <code>code</code>;
                <code>type</code> leads to a page of this list.</p>
                <div class="wide"><table>
                <thead><tr><th>code</th><th>status</th><th>meaning</th></tr></thead>
                <tbody>
                \(rows)</tbody>
                </table></div>
                </main>
                """
        )
    }

    static var listText: String {
        ProblemCode.allCases.map { "\($0.status.code) \($0.rawValue): \($0.entry.meaning)\n" }.joined()
    }
}
