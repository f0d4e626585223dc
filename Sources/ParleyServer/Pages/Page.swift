import Crypto
import FoundationEssentials
import HTTP
import HTTPTypes

/// A page for people: whole in itself, without scripts, pictures or anything from another place, in light and dark.
struct Page: Sendable {
    let title: String
    let content: HTML

    var response: Response {
        Response(status: .ok, headers: Self.headers, body: Array(document.markup.utf8))
    }

    private var document: HTML {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>\(title) · Parley</title>
        <style>\(Self.style)</style>
        </head>
        <body>
        \(content)
        </body>
        </html>

        """
    }

    /// It changes with a release only. Nothing is loaded or run, but for this very style
    /// ([Content Security Policy](https://www.w3.org/TR/CSP3/)), and no other page may frame it.
    private static let headers: Headers = [
        .contentType: "text/html; charset=utf-8", .cacheControl: "public, max-age=300",
        .contentSecurityPolicy:
            "default-src 'none'; style-src 'sha256-\(styleHash)'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        .referrerPolicy: "no-referrer",
    ]

    private static let styleHash = Data(SHA256.hash(data: Data(style.markup.utf8))).base64EncodedString()

    private static let style: HTML = """

        :root { --text: #1c2126; --soft: #5b6670; --line: #d8dee4; --back: #fff; --panel: #f5f7f9; --link: #0b5cad; --good: #1a7f37; --bad: #b3261e }
        @media (prefers-color-scheme: dark) {
        :root { --text: #dfe5ea; --soft: #98a4ae; --line: #343b42; --back: #14181c; --panel: #1c2228; --link: #79b8ff; --good: #56c271; --bad: #ff8a80 }
        }
        * { box-sizing: border-box }
        html { scroll-padding-top: 1rem }
        body { margin: 0; color: var(--text); background: var(--back); font: 16px/1.55 system-ui, sans-serif }
        main { max-width: 62rem; margin: 0 auto; padding: 1.5rem }
        a { color: var(--link) }
        h1 { font-size: 1.9rem; line-height: 1.2; margin: .5rem 0 1rem }
        h2 { font-size: 1.4rem; margin: 3rem 0 .75rem; padding-bottom: .3rem; border-bottom: 1px solid var(--line) }
        h3 { font-size: 1.1rem; margin: 2.25rem 0 .5rem; overflow-wrap: anywhere }
        h4 { font-size: .8rem; letter-spacing: .06em; text-transform: uppercase; color: var(--soft); margin: 1.25rem 0 .4rem }
        p { margin: .5rem 0; max-width: 46rem }
        code, pre { font: .87em/1.5 ui-monospace, monospace }
        code { background: var(--panel); border-radius: 4px; padding: .1em .3em; overflow-wrap: anywhere }
        pre { background: var(--panel); border: 1px solid var(--line); border-radius: 6px; padding: .75rem 1rem; overflow-x: auto; margin: .5rem 0 }
        pre code { background: none; padding: 0; overflow-wrap: normal }
        .wide { overflow-x: auto }
        table { border-collapse: collapse; width: 100%; min-width: 38rem; font-size: .93rem; margin: .4rem 0 }
        th, td { text-align: left; vertical-align: top; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--line) }
        th { color: var(--soft); font-weight: 600 }
        td p { margin: 0 0 .25rem }
        td.name { white-space: nowrap }
        .soft { color: var(--soft); font-size: .88rem }
        .method { font: 700 .8rem ui-monospace, monospace; color: var(--link); border: 1px solid currentColor; border-radius: 4px; padding: .1em .45em }
        .method.post, .method.put, .method.patch { color: var(--good) }
        .method.delete { color: var(--bad) }
        details { border: 1px solid var(--line); border-radius: 6px; margin: .4rem 0; padding: 0 .9rem }
        details[open] { padding-bottom: .6rem }
        summary { cursor: pointer; padding: .4rem 0 }
        summary p { display: inline }
        .status { font-family: ui-monospace, monospace; font-weight: 700 }
        .status.s2, .status.s3 { color: var(--good) }
        .status.s4, .status.s5 { color: var(--bad) }
        nav.contents { columns: 17rem; font-size: .93rem; margin: 1rem 0 }
        nav.contents ul { list-style: none; padding: 0; margin: 0 0 1rem; break-inside: avoid }
        nav.contents li { margin: .15rem 0 }

        """
}

extension HTTPField.Name {
    static let referrerPolicy = HTTPField.Name("Referrer-Policy")!
}
