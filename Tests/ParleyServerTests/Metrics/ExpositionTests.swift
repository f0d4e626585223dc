import Metrics
import Testing

@testable import ParleyServer

@Suite struct ExpositionTests {
    @Test func `a label may have any text, and comes back as it was`() throws {
        let text = "a\"b\\c\nd}e,f=\u{1F600} \\n"
        var page = Exposition()
        page.begin("x", .gauge, "two\nlines \\ and a \" quote")
        page.sample(1, [("a", text), ("b", "")])
        let read = try ExpositionReader(page.text)
        #expect(read.families.map(\.help) == ["two\nlines \\ and a \" quote"])
        #expect(read.samples("x") == [.init(name: "x", labels: ["a": text, "b": ""], value: 1)])
    }

    @Test(arguments: [0, -1, 1.5, 1e-9, 1.7976931348623157e308, 1e15, 12_345_678_901_234, .infinity, -.infinity])
    func `a number comes back as it was`(number: Double) throws {
        var page = Exposition()
        page.begin("x", .counter, "x")
        page.sample(number)
        #expect(try ExpositionReader(page.text).value("x") == number)
    }

    @Test func `a histogram is told with buckets that hold what the smaller ones hold`() throws {
        let histogram = Histogram(bounds: [1_000, 10_000])
        for value in [1, 1_000, 1_001, 99_999] { histogram.observe(value) }
        var page = Exposition()
        page.begin("x", .histogram, "x")
        page.sample(histogram.distribution, per: 1e3, [("a", "b")])
        let expected = """
            # HELP x x
            # TYPE x histogram
            x_bucket{a="b",le="1"} 2
            x_bucket{a="b",le="10"} 3
            x_bucket{a="b",le="+Inf"} 4
            x_sum{a="b"} 102.001
            x_count{a="b"} 4

            """
        #expect(page.text == expected)
        #expect(try ExpositionReader(page.text).value("x_count") == 4)
    }

    @Test func `observations from many threads are all counted`() async {
        let histogram = Histogram(bounds: [0])
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 { group.addTask { for value in 0..<1_000 { histogram.observe(value % 2) } } }
        }
        let distribution = histogram.distribution
        #expect(distribution.counts == [4_000, 4_000] && distribution.sum == 4_000)
    }

    @Test(arguments: [
        "x 1\n", "# HELP x x\n# TYPE x gauge\nx{a=\"1\" 1\n", "# HELP x x\n# TYPE x gauge\nx 1\nx 1\n",
        "# HELP x x\n# TYPE x gauge\nx one\n",
        "# HELP x x\n# TYPE x gauge\nx{a=\"\\t\"} 1\n", "# TYPE x gauge\n# HELP x x\nx 1\n", "# HELP x x\n# TYPE x gauge\nx 1",
        "# HELP x x\n# TYPE x histogram\nx_bucket{le=\"1\"} 2\nx_bucket{le=\"+Inf\"} 1\nx_sum 1\nx_count 1\n",
        "# HELP x x\n# TYPE x histogram\nx_bucket{le=\"+Inf\"} 2\nx_sum 1\nx_count 1\n",
        "# HELP x x\n# TYPE x histogram\nx_bucket{le=\"1\"} 1\nx_sum 1\nx_count 1\n",
    ])
    func `the tests' reader refuses what a scraper would`(text: String) {
        #expect(throws: ExpositionReader.Fault.self) { try ExpositionReader(text) }
    }
}
