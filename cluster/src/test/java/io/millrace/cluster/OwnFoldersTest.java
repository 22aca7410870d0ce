package io.millrace.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.catalog.CatalogChanges.ConfigChange;
import io.millrace.broker.catalog.CatalogChanges.ConfigChanges;
import io.millrace.broker.catalog.CatalogChanges.Operation;
import io.millrace.broker.catalog.ConfigResource;
import io.millrace.broker.catalog.ConfigResource.Kind;
import io.millrace.broker.catalog.Outcome;
import io.millrace.cluster.config.CordonedFolders;
import io.millrace.model.ErrorKind;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class OwnFoldersTest {
    private static final int NODE = 1;
    private final List<ConfigChanges> asked = new ArrayList<>();

    private static ConfigChanges cordon(String node, String folders) {
        return new ConfigChanges(
                new ConfigResource(Kind.NODE, node),
                false,
                List.of(new ConfigChange(CordonedFolders.SETTING, Operation.SET, folders)));
    }

    private List<ErrorKind> alter(ConfigChanges... changes) {
        List<Outcome> outcomes = new ArrayList<>();
        OwnFolders.alter(
                List.of(changes),
                NODE,
                "/a, /b",
                (rest, reply) -> {
                    asked.addAll(rest);
                    reply.accept(rest.stream().map(change -> Outcome.OK).toList());
                },
                outcomes::addAll);
        return outcomes.stream().map(Outcome::error).toList();
    }

    @Test
    void foldersMustBeThisNodes() {
        ConfigChanges good = cordon("1", "/b");
        ConfigChanges all = cordon("1", "*");
        ConfigChanges others = cordon("2", "/elsewhere");

        assertThat(alter(good, cordon("1", "/a,/c"), all, cordon("1", "*,/a"), others))
                .containsExactly(
                        ErrorKind.NONE,
                        ErrorKind.INVALID_CONFIG,
                        ErrorKind.NONE,
                        ErrorKind.INVALID_CONFIG,
                        ErrorKind.NONE);
        assertThat(asked).containsExactly(good, all, others);
    }

    @Test
    void theNamesAreThoseOfSingleFolders() {
        assertThat(CordonedFolders.named(" /a ,, /b")).containsExactlyInAnyOrder("/a", "/b");
        assertThat(CordonedFolders.named("*")).isEmpty();
        assertThat(CordonedFolders.named("")).isEmpty();
    }
}
