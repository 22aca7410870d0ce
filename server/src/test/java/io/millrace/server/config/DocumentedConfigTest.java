package io.millrace.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// `config/millrace.yaml` is what operators read: it names every key with its default and says what it is for.
class DocumentedConfigTest {
    private static final Path FILE = Path.of("../config/millrace.yaml");
    private static final Pattern SETTING = Pattern.compile("\\s*[a-z-]+:.*");

    @Test
    void everyKeyIsThereWithItsDefaultInTheOrderOfTheRecords() {
        List<ConfigValue> documented = YamlKeys.read(FILE);

        assertThat(documented.subList(0, documented.size() - 1))
                .extracting(value -> value.key() + "=" + value.text())
                .containsExactlyElementsOf(ConfigLoader.keys().stream()
                        .map(key -> key.name() + "=" + key.defaultText())
                        .toList());
        assertThat(documented.getLast().key()).isEqualTo("kafka");
    }

    @Test
    void itCanBeUsedAsItIs() {
        assertThat(ConfigLoader.load(ConfigInputs.NONE.withFile(FILE)).config()).isEqualTo(ServerConfig.DEFAULT);
    }

    @Test
    void everyKeyIsExplained() throws IOException {
        List<String> lines = Files.readAllLines(FILE);
        var bare = new ArrayList<String>();
        for (int i = 1; i < lines.size(); i++) {
            if (SETTING.matcher(lines.get(i)).matches()
                    && !lines.get(i - 1).strip().startsWith("#")) {
                bare.add(lines.get(i));
            }
        }

        assertThat(bare).isEmpty();
    }
}
