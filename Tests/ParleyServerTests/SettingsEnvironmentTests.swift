import Testing

@testable import ParleyServer

@Suite struct SettingsEnvironmentTests {
    private func faults(_ environment: [String: String]) -> [String] {
        SettingsEnvironment(environment).faults
    }

    @Test(arguments: [
        ("PARLEY_LOG_LEVLE", "there is no setting PARLEY_LOG_LEVLE; did you mean PARLEY_LOG_LEVEL?"),
        ("PARLEY_DB", "there is no setting PARLEY_DB; `parley serve --help` has them all"),
        ("PARLEY_PROT", "there is no setting PARLEY_PROT; did you mean PARLEY_PORT?"),
        ("PARLEY_", "there is no setting PARLEY_; `parley serve --help` has them all"),
        (
            "PARLEY_DATABASE_FILE",
            "there is no setting PARLEY_DATABASE_FILE: only secrets are read from a file of their own; use PARLEY_DATABASE"
        ),
    ])
    func `a variable that is no setting is told, with the nearest name`(name: String, fault: String) {
        #expect(faults([name: "x", "PATH": "/bin", "PARLEYS": "x"]) == [fault])
    }

    /// What a cluster with the services "parley" and "parley-admin" puts into each of its containers.
    @Test func `the service links of Kubernetes are no settings`() {
        let links = [
            "PARLEY_SERVICE_HOST": "10.0.0.11", "PARLEY_SERVICE_PORT": "8080", "PARLEY_SERVICE_PORT_HTTP": "8080",
            "PARLEY_PORT": "tcp://10.0.0.11:8080", "PARLEY_PORT_8080_TCP": "tcp://10.0.0.11:8080", "PARLEY_PORT_8080_TCP_PROTO": "tcp",
            "PARLEY_PORT_8080_TCP_PORT": "8080", "PARLEY_PORT_8080_TCP_ADDR": "10.0.0.11", "PARLEY_ADMIN_SERVICE_HOST": "10.0.0.12",
            "PARLEY_ADMIN_SERVICE_PORT": "9090", "PARLEY_ADMIN_PORT": "tcp://10.0.0.12:9090",
            "PARLEY_ADMIN_PORT_9090_TCP_ADDR": "10.0.0.12",
        ]
        let environment = SettingsEnvironment(links)
        #expect(environment.faults == [] && environment.values.isEmpty)
        #expect(SettingsEnvironment(["PARLEY_PORT": "9000"]).values[.port]?.text == "9000")
    }
}
