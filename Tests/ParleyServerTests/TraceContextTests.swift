import Database
import HTTP
import HTTPTypes
import Testing

@testable import ParleyServer

@Suite struct TraceContextTests {
    private static let trace = "0af7651916cd43dd8448eb211c80319c"
    private static let span = "b7ad6b7169203331"

    @Test(arguments: ["00-\(trace)-\(span)-01", "00-\(trace)-\(span)-00", "cc-\(trace)-\(span)-01", "cc-\(trace)-\(span)-01-what-will-be"])
    func `a traceparent is read, also one of a later version`(header: String) throws {
        let context = try #require(TraceContext(header))
        #expect(context.traceID == Self.trace && context.spanID == Self.span)
    }

    @Test(arguments: [
        "", "00", "00-\(trace)-\(span)", "00-\(trace)-\(span)-01-", "00-\(trace)-\(span)-01-more", "ff-\(trace)-\(span)-01",
        "00-\(trace.uppercased())-\(span)-01", "00-\(trace)-\(span.uppercased())-01", "0-\(trace)-\(span)-01", "00-\(trace)-\(span)-1",
        "00-\(trace)0-\(span)-01", "00-\(trace)-\(span)0-01", "00-\(String(repeating: "0", count: 32))-\(span)-01",
        "00-\(trace)-\(String(repeating: "0", count: 16))-01", "00-\(trace.dropLast())g-\(span)-01", "00-\(trace)-\(span)-01 ",
        "cc-\(trace)-\(span)-01.what",
    ])
    func `one that breaks the rules is ignored`(header: String) {
        #expect(TraceContext(header) == nil)
    }

    @Test func `the lines of a request have its trace`() async throws {
        let file = try LogFile()
        let server = try await TestAPI(sink: file.sink).failing(.ioFailure)
        _ = try await server.send(.get, "/conversations", [.traceParent: "00-\(Self.trace)-\(Self.span)-01"])
        let lines = try file.objects()
        #expect(lines.map { $0["message"] } == ["request failed", "request"])
        #expect(lines.allSatisfy { $0["trace_id"] == Self.trace && $0["span_id"] == Self.span })
    }

    @Test func `several are none, and a request without one says nothing of a trace`() async throws {
        let file = try LogFile()
        let server = try await TestAPI(sink: file.sink)
        var headers: Headers = [.traceParent: "00-\(Self.trace)-\(Self.span)-01"]
        headers.append(.traceParent, "00-\(Self.trace)-\(Self.span)-01")
        _ = try await server.send(.get, "/conversations", headers)
        _ = try await server.send(.get, "/conversations")
        #expect(try file.objects().allSatisfy { $0["trace_id"] == nil && $0["span_id"] == nil })
    }
}
