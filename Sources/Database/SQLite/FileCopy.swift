import Glibc

/// A copy of a file, byte by byte, that is on the disk when it is done.
struct FileCopy {
    let source: String
    let destination: String

    /// - Parameter model: whose owner and permissions the copy gets; nil for those of whoever makes it.
    func write(like model: stat?) throws {
        let input = unsafe open(source, O_RDONLY | O_CLOEXEC)
        guard input >= 0 else { throw FileDurability.error("cannot read \(source)") }
        defer { close(input) }
        let output = unsafe open(destination, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard output >= 0 else { throw FileDurability.error("cannot make \(destination)") }
        defer { close(output) }
        try adopt(model, input, output)
        try copy(input, output)
        guard fsync(output) == 0 else { throw FileDurability.error("cannot flush \(destination)") }
    }

    /// A server of another user has to be able to open what root has put back.
    private func adopt(_ model: stat?, _ input: CInt, _ output: CInt) throws {
        var (own, given) = (stat(), stat())
        guard unsafe fstat(output, &own) == 0, unsafe fstat(input, &given) == 0 else {
            throw FileDurability.error("cannot look at \(source)")
        }
        if let model, (model.st_uid, model.st_gid) != (own.st_uid, own.st_gid) {
            guard fchown(output, model.st_uid, model.st_gid) == 0 else {
                throw FileDurability.error("cannot give \(destination) the owner of the database")
            }
        }
        guard fchmod(output, (model ?? given).st_mode & 0o777) == 0 else {
            throw FileDurability.error("cannot set the mode of \(destination)")
        }
    }

    private func copy(_ input: CInt, _ output: CInt) throws {
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = unsafe read(input, &buffer, buffer.count)
            if count == 0 { return }
            guard count > 0 else { throw FileDurability.error("cannot read \(source)") }
            try write(buffer[..<count], output)
        }
    }

    private func write(_ bytes: ArraySlice<UInt8>, _ output: CInt) throws {
        var rest = bytes
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(output, $0.baseAddress, $0.count) }
            guard count > 0 else { throw FileDurability.error("cannot write \(destination)") }
            rest = rest.dropFirst(count)
        }
    }
}
