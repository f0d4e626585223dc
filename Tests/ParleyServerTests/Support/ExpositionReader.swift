/// Reads the text format 0.0.4 as its specification has it, and refuses whatever a scraper might: order, names, escapes, histograms
/// (<https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format>).
struct ExpositionReader {
    struct Fault: Error, CustomStringConvertible {
        let line: Int
        let reason: String
        var description: String { "line \(line): \(reason)" }
    }

    struct Sample: Hashable {
        let name: String
        let labels: [String: String]
        let value: Double
    }

    struct Family {
        let name: String
        let help: String
        var type = ""
        var samples: [Sample] = []
    }

    private(set) var families: [Family] = []
    private var seen: Set<String> = []
    private var line = 0

    init(_ text: String) throws {
        guard text.hasSuffix("\n") else { throw Fault(line: 0, reason: "the last line has no end") }
        for line in text.dropLast().split(separator: "\n", omittingEmptySubsequences: false) {
            self.line += 1
            try read(line)
        }
        for family in families where family.type == "histogram" { try check(histogram: family) }
    }

    func samples(_ name: String) -> [Sample] {
        families.flatMap(\.samples).filter { $0.name == name }
    }

    /// The only sample of this name that has these labels, others beside them or not.
    func value(_ name: String, _ labels: [String: String] = [:]) -> Double? {
        let found = samples(name).filter { sample in labels.allSatisfy { sample.labels[$0.key] == $0.value } }
        return found.count == 1 ? found[0].value : nil
    }

    private mutating func read(_ line: Substring) throws {
        if line.hasPrefix("# HELP ") { return try beginFamily(line.dropFirst(7)) }
        if line.hasPrefix("# TYPE ") { return try readType(line.dropFirst(7)) }
        guard !line.hasPrefix("#") else { throw fault("a comment that is none of ours") }
        try readSample(line)
    }

    private mutating func beginFamily(_ rest: Substring) throws {
        let parts = rest.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, Self.isName(parts[0]) else { throw fault("HELP without a name or a text") }
        guard !families.contains(where: { $0.name == parts[0] }) else { throw fault("\(parts[0]) begins twice") }
        families.append(Family(name: String(parts[0]), help: try unescaped(parts[1], quotes: false)))
    }

    private mutating func readType(_ rest: Substring) throws {
        let parts = rest.split(separator: " ")
        guard parts.count == 2, let last = families.last, last.name == parts[0], last.type.isEmpty, last.samples.isEmpty else {
            throw fault("TYPE does not follow its HELP")
        }
        guard ["counter", "gauge", "histogram", "summary", "untyped"].contains(parts[1]) else { throw fault("no type: \(parts[1])") }
        families[families.count - 1].type = String(parts[1])
    }

    private mutating func readSample(_ line: Substring) throws {
        guard let space = line.lastIndex(of: " ") else { throw fault("no value") }
        let (series, number) = (line[..<space], line[line.index(after: space)...])
        let name = series.prefix { $0 != "{" }
        guard let family = families.last, !family.type.isEmpty, Self.names(of: family).contains(String(name)) else {
            throw fault("\(name) does not stand under its TYPE")
        }
        let labels = try readLabels(series.dropFirst(name.count))
        guard seen.insert("\(name) \(labels.sorted { $0.key < $1.key })").inserted else { throw fault("\(series) is there twice") }
        guard let value = Self.value(number) else { throw fault("\(number) is no value") }
        families[families.count - 1].samples.append(Sample(name: String(name), labels: labels, value: value))
    }

    private func readLabels(_ text: Substring) throws -> [String: String] {
        guard !text.isEmpty else { return [:] }
        guard text.hasPrefix("{"), text.hasSuffix("}") else { throw fault("labels without braces") }
        var labels: [String: String] = [:]
        var rest = text.dropFirst().dropLast()
        while !rest.isEmpty {
            guard let label = rest.prefixMatch(of: /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\["\\n])*)"(?:,|$)/) else {
                throw fault("labels: \(rest)")
            }
            guard labels.updateValue(try unescaped(label.output.2, quotes: true), forKey: String(label.output.1)) == nil else {
                throw fault("the label \(label.output.1) is there twice")
            }
            rest = rest[label.range.upperBound...]
        }
        return labels
    }

    private func unescaped(_ text: Substring, quotes: Bool) throws -> String {
        var (result, isEscaped) = ("", false)
        for character in text {
            switch (isEscaped, character) {
            case (true, "\\"): result += "\\"
            case (true, "n"): result += "\n"
            case (true, "\"") where quotes: result += "\""
            case (true, _): throw fault("\\\(character) is no escape here")
            case (false, "\\"): break
            case (false, _): result.append(character)
            }
            isEscaped = !isEscaped && character == "\\"
        }
        if isEscaped { throw fault("an escape without an end") }
        return result
    }

    /// Each series of a histogram: buckets that ascend and never shrink, the last `+Inf` and as large as the count, and a sum.
    private func check(histogram family: Family) throws {
        let series = Dictionary(grouping: family.samples) { $0.labels.filter { $0.key != "le" } }
        for (labels, samples) in series {
            let buckets = samples.filter { $0.name.hasSuffix("_bucket") }
            let bounds = buckets.compactMap { $0.labels["le"] }.compactMap { Self.value($0[...]) }
            let counts = buckets.map(\.value)
            guard bounds.count == buckets.count, bounds == bounds.sorted(), Set(bounds).count == bounds.count, counts == counts.sorted()
            else {
                throw Fault(line: 0, reason: "the buckets of \(family.name)\(labels) do not ascend: \(bounds) \(counts)")
            }
            let count = samples.filter { $0.name == family.name + "_count" }.map(\.value)
            let sums = samples.filter { $0.name == family.name + "_sum" }
            guard bounds.last == .infinity, count == [counts.last], sums.count == 1 else {
                throw Fault(line: 0, reason: "\(family.name)\(labels) has no whole of its own")
            }
        }
    }

    private static func names(of family: Family) -> [String] {
        family.type == "histogram" ? ["_bucket", "_sum", "_count"].map { family.name + $0 } : [family.name]
    }

    private static func isName(_ text: Substring) -> Bool {
        text.wholeMatch(of: /[a-zA-Z_:][a-zA-Z0-9_:]*/) != nil
    }

    private static func value(_ text: Substring) -> Double? {
        switch text {
        case "+Inf": .infinity
        case "-Inf": -.infinity
        case "NaN": .nan
        default: text.wholeMatch(of: /[-+]?[0-9]+(\.[0-9]+)?(e[-+]?[0-9]+)?/) == nil ? nil : Double(text)
        }
    }

    private func fault(_ reason: String) -> Fault { Fault(line: line, reason: reason) }
}
