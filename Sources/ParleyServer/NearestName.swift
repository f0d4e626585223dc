/// What somebody may have meant who has mistyped a name.
enum NearestName {
    /// "; did you mean port?", or `otherwise` where no name is near.
    static func question(_ name: String, among names: [String], otherwise: String = "; `parley serve --help` has them all") -> String {
        let nearest = names.map { (name: $0, distance: distance(from: Array(name.utf8), to: Array($0.utf8))) }.min {
            $0.distance < $1.distance
        }
        guard let nearest, nearest.distance <= 1 + name.utf8.count / 4 else { return otherwise }
        return "; did you mean \(nearest.name)?"
    }

    /// How many characters have to be put in, taken out, replaced, or exchanged with their neighbour.
    /// <https://en.wikipedia.org/wiki/Damerau–Levenshtein_distance>, in its form "optimal string alignment".
    private static func distance(from source: [UInt8], to target: [UInt8]) -> Int {
        var (beforeLast, last) = ([Int](), Array(0...target.count))
        for i in source.indices {
            var row = [i + 1]
            for j in target.indices {
                let replaced = last[j] + (source[i] == target[j] ? 0 : 1)
                var best = min(replaced, last[j + 1] + 1, row[j] + 1)
                if i > 0, j > 0, source[i] == target[j - 1], source[i - 1] == target[j] { best = min(best, beforeLast[j - 1] + 1) }
                row.append(best)
            }
            (beforeLast, last) = (last, row)
        }
        return last[target.count]
    }
}
