package io.millrace.cli.experiment.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.cli.experiment.history.Verdict;
import io.millrace.cli.experiment.history.Violation;
import io.millrace.cli.experiment.load.Bucket;
import java.io.StringReader;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

/// The line, the chart and the numbers of a run.
class FailoverReportTest {
    private static final Verdict VERDICT =
            new Verdict(1_010, 1_000, 10, 0, 1_005, 1_000, Map.of(Violation.REORDERED, 3L), List.of());

    private static final FailoverOutcome OUTCOME = new FailoverOutcome(
            "millrace",
            List.of(
                    new Moment(150, Moment.Kind.KILL, "kill \"the\" <leader>", "1", 20, 0, 3),
                    new Moment(199, Moment.Kind.OTHER, "writes go on", "2", 20, 0, 3),
                    new Moment(900, Moment.Kind.RESTART, "node 1 is started again", "2", 80, 0, 50)),
            List.of(
                    new Failover(150, 1, 1, 30, 300),
                    new Failover(500, 2, 1, 10, 100),
                    new Failover(700, 3, 1, 20, 200)),
            LongStream.range(0, 5_000)
                    .mapToObj(step -> new Bucket(step * Bucket.MS, 10, 9, step % 7, step % 50 == 0 ? 1 : 0))
                    .toList(),
            VERDICT,
            List.of());

    @Test
    void theLastLineHasTheNumbers() {
        assertThat(OUTCOME.line()).isEqualTo("acknowledged=1000 lost=0 reordered=3 failover_ms_median=200");
        assertThat(OUTCOME.worst(Failover::writeMs)).isEqualTo(300);
        assertThat(OUTCOME.median(Failover::leaderMs)).isEqualTo(20);
    }

    @Test
    void theChartIsWellFormedAndMarksEveryKill() throws Exception {
        Document chart = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(FailoverChart.svg(List.of(OUTCOME, OUTCOME)))));

        var lines = chart.getElementsByTagName("line");
        long kills = LongStream.range(0, lines.getLength())
                .mapToObj(i -> lines.item((int) i)
                        .getAttributes()
                        .getNamedItem("class")
                        .getNodeValue())
                .filter("kill"::equals)
                .count();
        assertThat(kills).isEqualTo(2 * 2); // in each panel one in the legend, and one that happened
        assertThat(chart.getElementsByTagName("path").getLength()).isEqualTo(2);
        assertThat(chart.getElementsByTagName("rect").getLength()).isLessThan(2_000);
    }

    @Test
    void theChartNeedsNothingOfItsViewer() {
        assertThat(FailoverChart.svg(List.of(OUTCOME))).doesNotContain("var(");
    }

    @Test
    void timeIsMarkedEveryRoundNumberOfSeconds() {
        assertThat(FailoverChart.tickSeconds(9)).isEqualTo(1);
        assertThat(FailoverChart.tickSeconds(13)).isEqualTo(5);
        assertThat(FailoverChart.tickSeconds(62)).isEqualTo(10);
        assertThat(FailoverChart.tickSeconds(330)).isEqualTo(50);
    }

    @Test
    void everyStepIsALineAndSaysWhatHappenedInIt() {
        List<String> lines = FailoverCsv.lines(OUTCOME);

        assertThat(lines).hasSize(1 + OUTCOME.buckets().size());
        assertThat(lines.get(1)).isEqualTo("0,10,9,0,1,");
        assertThat(lines.get(2)).isEqualTo("100,10,9,1,0,\"kill \"\"the\"\" <leader>; writes go on\"");
    }
}
