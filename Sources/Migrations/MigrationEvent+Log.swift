import Database
package import Logging

extension MigrationEvent {
    /// Writes the event as a log line; a statement is of interest only when debugging.
    package func log(to logger: Logger) {
        switch self {
        case .planned(let plan): plan.log(to: logger)
        case .waitingForLock: logger.notice("waiting for another process to finish its migrations")
        case .backingUp: logger.info("backup before the migrations started")
        case .backedUp(let path, let bytes, let duration):
            logger.info(
                "backup before the migrations made",
                metadata: ["path": "\(path)", "bytes": "\(bytes)", "duration_ms": "\(duration.milliseconds)"]
            )
        case .orphansFound(let violations):
            for (key, count) in violations {
                let metadata: Logger.Metadata = [
                    "table": "\(key.table)", "columns": "\(key.columns)", "parent": "\(key.parent)", "rows": "\(count)",
                ]
                logger.warning("rows without a parent were there before the migrations", metadata: metadata)
            }
        case .started(let file, let index, let count):
            logger.debug("migration started", metadata: ["migration": "\(file.filename)", "index": "\(index)", "count": "\(count)"])
        case .statement(let file, let number):
            logger.trace("migration statement", metadata: ["migration": "\(file.filename)", "statement": "\(number)"])
        case .applied(let file):
            logger.info(
                "migration applied",
                metadata: [
                    "migration": "\(file.filename)", "duration_ms": "\(file.duration.milliseconds)", "statements": "\(file.statements)",
                ]
            )
        case .appliedElsewhere(let file): logger.info("migration applied by another process", metadata: ["migration": "\(file.filename)"])
        case .finished(let result):
            logger.info(
                "migrations finished",
                metadata: [
                    "applied": "\(result.applied.count)", "already_applied": "\(result.alreadyApplied)",
                    "duration_ms": "\(result.duration.milliseconds)",
                ]
            )
        case .failed(let failure): failure.log(to: logger)
        }
    }
}

extension MigrationPlan {
    fileprivate func log(to logger: Logger) {
        logger.info("migrations planned", metadata: ["pending": "\(pending.count)", "files": "\(entries.count)"])
        for gap in gaps {
            logger.notice("migration numbers are not used", metadata: ["from": "\(gap.lowerBound)", "to": "\(gap.upperBound)"])
        }
        for filename in unknownChecksums.keys.sorted() {
            logger.notice("the record has no checksum of this migration; it is taken from the file", metadata: ["migration": "\(filename)"])
        }
    }
}

extension MigrationFailure {
    fileprivate func log(to logger: Logger) {
        for error in errors {
            var metadata: Logger.Metadata = ["code": "\(error.code.rawValue)", "recovery": "\(error.recovery)"]
            metadata["migration"] = error.filename.map { "\($0)" }
            metadata["line"] = error.location.map { "\($0.line)" }
            metadata["column"] = error.location.map { "\($0.column)" }
            metadata["statement"] = error.statement.map { "\($0)" }
            metadata["source"] = error.location.flatMap { $0.text.isEmpty ? nil : "\($0.text)" }
            if !applied.isEmpty { metadata["applied"] = "\(applied.joined(separator: ", "))" }
            metadata["backup"] = backup.map { "\($0)" }
            logger.log(level: error.code == .cancelled ? .notice : .error, "migration failed: \(error.message)", metadata: metadata)
        }
    }
}

extension Duration {
    /// Whole milliseconds.
    package var milliseconds: Int { Int(self / .milliseconds(1)) }
}
