/// Writes metrics as Prometheus reads them: the
/// [text format 0.0.4](https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format).
///
/// ```swift
/// var page = Exposition()
/// page.begin("ready", .gauge, "1 while requests are served.")
/// page.sample(1)
/// print(page.text)
/// ```
public struct Exposition: Sendable {
    public enum Kind: String, Sendable {
        case counter, gauge, histogram
    }

    /// A label and its value. Names are the program's own; values may be any text.
    public typealias Label = (name: String, value: String)

    /// The media type of ``text``.
    public static let mediaType = "text/plain; version=0.0.4; charset=utf-8"

    public private(set) var text = ""
    private var name = ""

    public init() {}

    /// Begins the metric of this name; its samples follow, together, as the format wants it.
    public mutating func begin(_ name: String, _ kind: Kind, _ help: String) {
        self.name = name
        text += "# HELP \(name) \(Self.escaped(help, quotes: false))\n# TYPE \(name) \(kind.rawValue)\n"
    }

    public mutating func sample(_ value: Int, _ labels: [Label] = []) {
        line(name, labels, String(value))
    }

    public mutating func sample(_ value: Double, _ labels: [Label] = []) {
        line(name, labels, Self.number(value))
    }

    /// A histogram's buckets, sum and count.
    ///
    /// - Parameter scale: how many of the distribution's units are one of the metric's: 1e9 for nanoseconds in a metric in seconds.
    public mutating func sample(_ distribution: Distribution, per scale: Double = 1, _ labels: [Label] = []) {
        var count = 0
        for (index, here) in distribution.counts.enumerated() {
            count += here
            let bound = index < distribution.bounds.count ? Self.number(Double(distribution.bounds[index]) / scale) : "+Inf"
            line(name + "_bucket", labels + [("le", bound)], String(count))
        }
        line(name + "_sum", labels, Self.number(Double(distribution.sum) / scale))
        line(name + "_count", labels, String(count))
    }

    private mutating func line(_ name: String, _ labels: [Label], _ value: String) {
        text += name
        if !labels.isEmpty {
            text += "{" + labels.map { "\($0.name)=\"\(Self.escaped($0.value, quotes: true))\"" }.joined(separator: ",") + "}"
        }
        text += " \(value)\n"
    }

    /// As Go's ParseFloat reads it; a whole number has no fraction.
    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : "\(value)"
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where quotes: escaped += "\\\""
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
