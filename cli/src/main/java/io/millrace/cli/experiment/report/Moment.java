package io.millrace.cli.experiment.report;

/// One line of the timeline.
///
/// @param atMs since the load began
/// @param kind what it is, for the chart
/// @param text what happened
/// @param leader of the first partition then, `-` when there is none
/// @param acknowledged so far
/// @param errors that applications saw so far
/// @param longestGapMs longest time without an acknowledgement on some partition, since the line before
public record Moment(
        long atMs, Kind kind, String text, String leader, long acknowledged, long errors, long longestGapMs) {
    /// What a line is about.
    public enum Kind {
        KILL,
        RESTART,
        OTHER
    }
}
