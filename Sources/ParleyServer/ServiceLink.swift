/// The variables that Kubernetes and Docker set in every container for a service called "parley", such as `PARLEY_PORT=tcp://10.0.0.1:8080`. They
/// are nobody's settings, and are passed over.
///
/// <https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables>
enum ServiceLink {
    static func matches(_ name: String, _ value: String) -> Bool {
        switch name {
        case _ where name.hasSuffix("_PORT"): isAddress(value) || name.hasSuffix("_SERVICE_PORT") || name.contains(portDetail)
        default: name.hasSuffix("_SERVICE_HOST") || name.contains("_SERVICE_PORT_") || name.contains(portDetail)
        }
    }

    /// `PARLEY_PORT_8080_TCP_ADDR`
    private static var portDetail: Regex<(Substring, Substring, Substring?)> { /_PORT_[0-9]+_(TCP|UDP|SCTP)(_ADDR|_PORT|_PROTO)?$/ }

    private static func isAddress(_ value: String) -> Bool {
        ["tcp://", "udp://", "sctp://"].contains { value.hasPrefix($0) }
    }
}
