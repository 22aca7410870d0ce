package io.millrace.cli.experiment;

import io.millrace.cli.experiment.load.Journal;
import io.millrace.cli.experiment.load.Tally;
import io.millrace.cli.experiment.report.Moment;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/// The timeline table, shown line by line while the experiment goes on: it takes minutes.
///
/// Owned by: the thread of the run.
final class Timeline {
    private static final String HEADER = String.format(
            Locale.ROOT, "%9s  %-54s %6s %13s %7s %12s", "TIME", "EVENT", "LEADER", "ACKED", "ERRORS", "LONGEST GAP");

    private final List<Moment> moments = new ArrayList<>();
    private final Consumer<String> show;

    Timeline(Consumer<String> show) {
        this.show = show;
        show.accept(HEADER);
    }

    /// @param leader of the first partition at this time
    void add(Journal journal, Moment.Kind kind, String text, Optional<Integer> leader) {
        add(journal, journal.nowMs(), kind, text, leader);
    }

    /// The same for what happened a little before.
    void add(Journal journal, long atMs, Moment.Kind kind, String text, Optional<Integer> leader) {
        Tally tally = journal.tally();
        var moment = new Moment(
                atMs,
                kind,
                text,
                leader.map(Object::toString).orElse("-"),
                tally.acknowledged(),
                tally.errors(),
                tally.longestGapMs());
        moments.add(moment);
        show.accept(line(moment));
    }

    private static String line(Moment moment) {
        return String.format(
                Locale.ROOT,
                "%7.2f s  %-54s %6s %,13d %7d %,9d ms",
                moment.atMs() / 1_000.0,
                moment.text(),
                moment.leader(),
                moment.acknowledged(),
                moment.errors(),
                moment.longestGapMs());
    }

    List<Moment> moments() {
        return moments;
    }
}
