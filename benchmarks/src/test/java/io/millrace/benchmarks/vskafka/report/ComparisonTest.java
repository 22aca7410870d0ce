package io.millrace.benchmarks.vskafka.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ComparisonTest {
    private final Comparison comparison = new Comparison("raw", "Raw load");

    @Test
    void takesTheMiddleOfAnOddAndTheMeanOfTheMiddleTwoOfAnEvenCount() {
        add("kafka", 30, 10, 20);
        add("millrace", 40, 10, 30, 20);
        assertThat(comparison.median("kafka", Metric.RECORDS_PER_SECOND)).hasValue(20);
        assertThat(comparison.median("millrace", Metric.RECORDS_PER_SECOND)).hasValue(25);
    }

    @Test
    void dividesMedianByMedian() {
        add("kafka", 10, 20, 1_000);
        add("millrace", 1, 50, 60);
        assertThat(comparison.ratio("millrace", "kafka", Metric.RECORDS_PER_SECOND))
                .hasValue(2.5);
    }

    @Test
    void hasNoRatioWithoutBothSidesOrByZero() {
        add("kafka", 0);
        assertThat(comparison.ratio("millrace", "kafka", Metric.RECORDS_PER_SECOND))
                .isEmpty();
        add("millrace", 5);
        assertThat(comparison.ratio("millrace", "kafka", Metric.RECORDS_PER_SECOND))
                .isEmpty();
        assertThat(comparison.ratio("millrace", "kafka", Metric.RSS_MB)).isEmpty();
    }

    @Test
    void leavesOutWhatIsNoNumber() {
        comparison.add("kafka", Sample.empty().with(Metric.P50_MS, Double.NaN));
        assertThat(comparison.median("kafka", Metric.P50_MS)).isEmpty();
    }

    @Test
    void printsMediansAndARatioOnlyForWhatIsJudged() {
        comparison.add("kafka", sample(10_000).with(Metric.CLIENT_MICROS_PER_REQUEST, 3));
        comparison.add("millrace", sample(45_000).with(Metric.CLIENT_MICROS_PER_REQUEST, 4));
        assertThat(ComparisonTable.markdown(List.of(comparison))).isEqualTo("""
                        ### Raw load

                        | scenario | broker           |  rec/s | client us/req |
                        |----------|------------------|-------:|--------------:|
                        | raw      | kafka            | 10,000 |          3.00 |
                        |          | millrace         | 45,000 |          4.00 |
                        |          | millrace / kafka |  4.50x |               |

                        """);
    }

    @Test
    void writesEveryRunAndTheMediansAsJson() {
        add("kafka", 10, 30);
        assertThat(JsonReport.json(List.of(comparison)))
                .contains("\"medians\" : {\n        \"records_per_second\" : 20.0")
                .contains("\"records_per_second\" : 10.0")
                .contains("\"records_per_second\" : 30.0");
    }

    private void add(String broker, double... rates) {
        for (double rate : rates) {
            comparison.add(broker, sample(rate));
        }
    }

    private static Sample sample(double rate) {
        return Sample.empty().with(Metric.RECORDS_PER_SECOND, rate);
    }
}
