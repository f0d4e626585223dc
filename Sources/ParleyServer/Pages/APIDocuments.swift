import HTTP

/// The forms of `openapi.yaml` that are made of it once, when the first client asks for one.
struct APIDocuments: Sendable {
    let page: Response
    let json: [UInt8]

    /// Not on the thread of a client: it takes longer than other clients there should wait.
    static let made = Task.detached {
        let document = try OpenAPIDocument(PackageResources.openapi_yaml)
        return APIDocuments(page: APIPage(document).page.response, json: document.json)
    }
}
