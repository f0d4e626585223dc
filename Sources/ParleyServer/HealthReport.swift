import Conversations
import HTTP
import HTTPTypes

/// What a probe has found, in the two forms that it is told in.
struct HealthReport: Sendable {
    /// The probe's name, such as `readyz`.
    let probe: String
    /// In the order in which they were made: the first that fails gives the reason.
    let checks: [HealthCheck]
    var excluded: [HealthCheck.Name] = []
    /// Names to leave out that are no checks of this probe.
    var unknown: [String] = []
    /// Seconds after which another answer may be had; nil where only an operator can help.
    var retryAfter: Int?

    private var failure: HealthCheck? { checks.first { !$0.passes } }

    func response(asText: Bool) -> Response {
        var headers: Headers = [.contentType: asText ? "text/plain; charset=utf-8" : "application/health+json", .cacheControl: "no-store"]
        if failure != nil, let retryAfter { headers.append(.retryAfter, String(retryAfter)) }
        return Response(
            status: failure == nil ? .ok : .serviceUnavailable,
            headers: headers,
            body: asText ? Array(text.utf8) : document
        )
    }

    /// As Kubernetes writes it (<https://kubernetes.io/docs/reference/using-api/health-checks/>), with the reason where it withholds it.
    var text: String {
        let lines =
            checks.map { $0.passes ? "[+]\($0.name.rawValue) ok" : "[-]\($0.name.rawValue) failed: \($0.output)" }
            + excluded.map { "[+]\($0.rawValue) excluded: ok" }
            + (unknown.isEmpty ? [] : ["warn: some health checks cannot be excluded: no matches for \(unknownNames)"])
            + ["\(probe) check \(failure == nil ? "passed" : "failed")"]
        return lines.joined(separator: "\n") + "\n"
    }

    private var unknownNames: String {
        unknown.map { "\"\($0.unicodeScalars.map { $0.escaped(asASCII: true) }.joined())\"" }.joined(separator: ",")
    }

    /// `application/health+json` (draft-inadarei-api-health-check).
    private var document: [UInt8] {
        let time = Timestamp.now()
        return JSONWriter.object { json in
            json.member("status", failure == nil ? "pass" : "fail")
            json.member("version", "1")
            json.member("releaseId", Release.version)
            if let output = failure?.output { json.member("output", output) }
            if !unknown.isEmpty {
                json.member("notes") { $0.array(["no check is called \(unknownNames)"]) { json, note in json.string(note) } }
            }
            guard !checks.isEmpty else { return }
            json.member("checks") { json in
                json.object { json in
                    for check in checks { json.member(check.name.measurement) { $0.array([check]) { $1.write(&$0, time) } } }
                }
            }
        }
    }
}

extension HealthCheck {
    fileprivate func write(_ json: inout JSONWriter, _ time: Timestamp) {
        json.object { json in
            json.member("componentType", name.componentType)
            json.member("status", passes ? "pass" : "fail")
            json.member("output", output)
            json.member("time", time.text)
        }
    }
}
