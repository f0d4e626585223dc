public import HTTPTypes

/// A method and a path pattern, and what handles them. A class, so that a match is one reference and not a copy of all of it.
public final class Route: Sendable {
    /// What handles a request: it answers, or throws what the responder turns into an answer.
    public typealias Handler = @Sendable (Request, Parameters) async throws -> Response

    /// The method; a `HEAD` request falls to the route for `GET`.
    public let method: HTTPRequest.Method
    /// The path: `/conversations/{id}`, where `{id}` takes one whole segment that is not empty.
    public let pattern: String
    /// How it takes the bodies of its requests.
    public let body: BodyMode
    /// What handles it.
    public let handler: Handler
    /// Which of its router's ``Router/patterns`` it has, so that what is kept for each pattern is found by number; 0 before it is in a router.
    public let patternNumber: Int
    /// The names of the pattern's parameters, in order.
    let parameterNames: [String]

    /// A route.
    public init(_ method: HTTPRequest.Method, _ pattern: String, body: BodyMode = .buffered, _ handler: @escaping Handler) {
        self.method = method
        self.pattern = pattern
        self.body = body
        self.handler = handler
        self.parameterNames = pattern.split(separator: "/").filter(\.isParameter).map { String($0.dropFirst().dropLast()) }
        patternNumber = 0
    }

    /// The same route in a router, whose patterns have numbers.
    init(_ route: Route, patternNumber: Int) {
        method = route.method
        pattern = route.pattern
        body = route.body
        handler = route.handler
        parameterNames = route.parameterNames
        self.patternNumber = patternNumber
    }
}

/// The decoded values of a pattern's parameters.
public struct Parameters: Sendable {
    private let names: [String]
    private let values: [String]

    init(names: [String], values: [String]) {
        self.names = names
        self.values = values
    }

    /// The value of the parameter called `name`, which the route's pattern must have.
    public subscript(name: String) -> String {
        guard let index = names.firstIndex(of: name) else {
            // Patterns and the names that handlers use are both literals in the program: a mismatch fails the route's first test.
            preconditionFailure("The route has no parameter {\(name)}")
        }
        return values[index]
    }
}

extension Substring {
    /// Whether this segment of a pattern stands for a parameter.
    var isParameter: Bool { first == "{" && last == "}" }
}
