package io.millrace.cli.doctor;

/// What one look at the machine found.
///
/// @param advice what to do about it; empty when all is well
record Diagnosis(String what, Verdict verdict, String found, String advice) {
    /// How serious it is.
    enum Verdict {
        GOOD,
        /// It works, but not as well as it could.
        FAIR,
        /// A node will not start, or will not keep its promises.
        BAD
    }

    static Diagnosis good(String what, String found) {
        return new Diagnosis(what, Verdict.GOOD, found, "");
    }

    static Diagnosis fair(String what, String found, String advice) {
        return new Diagnosis(what, Verdict.FAIR, found, advice);
    }

    static Diagnosis bad(String what, String found, String advice) {
        return new Diagnosis(what, Verdict.BAD, found, advice);
    }
}
