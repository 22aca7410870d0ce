package io.millrace.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// The same rows for people and for programs.
class AnswerTest {
    /// Something to list.
    private record Fruit(String name, Object weight, List<Integer> boxes) {}

    private static final List<Column<Fruit>> COLUMNS = List.of(
            new Column<>("name", Fruit::name),
            new Column<>("weight", Fruit::weight),
            new Column<>("boxes", Fruit::boxes));

    private static final List<Fruit> FRUITS =
            List.of(new Fruit("apple", 1_200, List.of(1, 2)), new Fruit("\"fig\"", Missing.VALUE, List.of()));

    @Test
    void aTableAlignsNumbersToTheRight() {
        assertThat(written(OutputFormat.TABLE).lines())
                .containsExactly("NAME   WEIGHT  BOXES", "apple    1200  1,2", "\"fig\"       -");
    }

    @Test
    void jsonKeepsNumbersListsAndWhatIsMissing() {
        assertThat(written(OutputFormat.JSON))
                .isEqualToIgnoringNewLines("[{\"name\":\"apple\",\"weight\":1200,\"boxes\":[1,2]},"
                        + "{\"name\":\"\\\"fig\\\"\",\"weight\":null,\"boxes\":[]}]");
    }

    @Test
    void aDescriptionIsAHeadlineWithTablesOrAnObjectWithLists() {
        var basket = new Description(
                "Basket b",
                Map.of("basket", "b"),
                List.of(
                        new Description.Part<>("fruits", COLUMNS, FRUITS.subList(0, 1)),
                        new Description.Part<>("rotten", COLUMNS, List.of())));
        var text = new StringWriter();
        var json = new StringWriter();

        new Answer(OutputFormat.TABLE, new PrintWriter(text)).descriptions(List.of(basket));
        new Answer(OutputFormat.JSON, new PrintWriter(json)).descriptions(List.of(basket));

        assertThat(text.toString().lines())
                .containsExactly("Basket b", "NAME   WEIGHT  BOXES", "apple    1200  1,2", "");
        assertThat(json.toString())
                .isEqualToIgnoringNewLines("[{\"basket\":\"b\",\"fruits\":[{\"name\":\"apple\",\"weight\":1200,"
                        + "\"boxes\":[1,2]}],\"rotten\":[]}]");
    }

    private static String written(OutputFormat format) {
        var text = new StringWriter();
        new Answer(format, new PrintWriter(text)).rows(COLUMNS, FRUITS);
        return text.toString();
    }
}
