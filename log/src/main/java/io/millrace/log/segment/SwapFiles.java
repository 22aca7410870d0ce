package io.millrace.log.segment;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.LongUnaryOperator;

/// What recovery does about the files that an interrupted cleaning (or deletion) left in a folder: a pure function from
/// the folder's listing to actions, the same rules as Kafka's loader, so folders that Kafka left half-way are mended
/// too.
///
/// - `.deleted` goes;
/// - `.cleaned` goes, and with it every `.swap` at or above the lowest `.cleaned` offset: that swap was never complete,
///   and the old segments are all there;
/// - any other `.swap` is complete: the segments it covers go, and it takes its place.
///
/// The actions are in an order that may itself be cut short by a crash: a covered segment goes before its stand-in is
/// renamed, and a log before its indexes. Running [#mend] again on what is there then continues.
public final class SwapFiles {
    /// The kinds of file a cleaned segment has, the log first: the order Kafka renames them in.
    public static final List<String> SUFFIXES =
            List.of(SegmentNames.LOG, SegmentNames.OFFSET_INDEX, SegmentNames.TIME_INDEX, SegmentNames.TXN_INDEX);

    private SwapFiles() {}

    /// One thing to do, in order.
    public sealed interface Action {
        /// @param name the file to remove
        record Delete(String name) implements Action {}

        /// @param from name of the file
        /// @param to its new name, replacing what is there
        record Rename(String from, String to) implements Action {}
    }

    /// What has to be done; empty for almost every folder.
    ///
    /// @param names all names in the folder
    /// @param swapEndOffset given the base offset of a complete `.log.swap`, one past the last offset in it (walk its
    ///     batch headers; the base offset itself when it is empty)
    public static List<Action> mend(List<String> names, LongUnaryOperator swapEndOffset) {
        List<Action> actions = new ArrayList<>();
        long lowestCleaned = Long.MAX_VALUE;
        for (String name : names) {
            if (name.endsWith(SegmentNames.DELETED)) {
                actions.add(new Action.Delete(name));
            } else if (name.endsWith(SegmentNames.CLEANED)) {
                lowestCleaned = Math.min(lowestCleaned, offsetIn(name).orElse(Long.MAX_VALUE));
            }
        }
        List<String> complete = new ArrayList<>();
        // Swaps that were never complete go before the `.cleaned` that says so: cut short in between, it still says so.
        for (String name : names) {
            if (name.endsWith(SegmentNames.SWAP)) {
                if (offsetIn(name).orElse(Long.MAX_VALUE) >= lowestCleaned) {
                    actions.add(new Action.Delete(name));
                } else {
                    complete.add(name);
                }
            }
        }
        for (String name : names) {
            if (name.endsWith(SegmentNames.CLEANED)) {
                actions.add(new Action.Delete(name));
            }
        }
        finish(names, complete, swapEndOffset, actions);
        return actions;
    }

    private static void finish(
            List<String> names, List<String> complete, LongUnaryOperator swapEndOffset, List<Action> actions) {
        for (String name : complete) {
            if (!name.endsWith(SegmentNames.LOG + SegmentNames.SWAP)) {
                continue;
            }
            long base = offsetIn(name).orElseThrow();
            long end = swapEndOffset.applyAsLong(base);
            for (String other : names) {
                if (isCovered(other, base, end)) {
                    actions.add(new Action.Delete(other));
                }
            }
        }
        // Logs first: an index without its swapped log is then never taken for the old log's.
        for (boolean logs : new boolean[] {true, false}) {
            for (String name : complete) {
                if (name.endsWith(SegmentNames.LOG + SegmentNames.SWAP) == logs
                        && offsetIn(name).isPresent()) {
                    actions.add(new Action.Rename(name, name.substring(0, name.length() - SegmentNames.SWAP.length())));
                }
            }
        }
    }

    /// Whether a plain file belongs to a segment that the swap from `base` to `end` stands for.
    private static boolean isCovered(String name, long base, long end) {
        OptionalLong offset = OptionalLong.empty();
        for (String suffix : SUFFIXES) {
            if (offset.isEmpty()) {
                offset = SegmentNames.parse(name, suffix);
            }
        }
        if (offset.isPresent()) {
            return offset.getAsLong() == base || offset.getAsLong() > base && offset.getAsLong() < end;
        }
        OptionalLong snapshot = SegmentNames.parse(name, SegmentNames.SNAPSHOT);
        return snapshot.isPresent() && snapshot.getAsLong() > base && snapshot.getAsLong() < end;
    }

    private static OptionalLong offsetIn(String name) {
        int dot = name.indexOf('.');
        return dot < 0 ? OptionalLong.empty() : SegmentNames.parse(name.substring(0, dot), "");
    }
}
