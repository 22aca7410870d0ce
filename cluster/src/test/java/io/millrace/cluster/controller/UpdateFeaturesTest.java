package io.millrace.cluster.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.catalog.CatalogChanges.ConfigChange;
import io.millrace.broker.catalog.CatalogChanges.ConfigChanges;
import io.millrace.broker.catalog.CatalogChanges.Operation;
import io.millrace.broker.catalog.ClusterChanges.FeatureChange;
import io.millrace.broker.catalog.ConfigResource;
import io.millrace.broker.catalog.FeatureRange;
import io.millrace.broker.catalog.Outcome;
import io.millrace.cluster.metadata.MetadataLevel;
import io.millrace.cluster.metadata.MetadataRecord;
import io.millrace.model.ErrorKind;
import io.millrace.model.InvariantViolation;
import io.millrace.model.TopicId;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Levels of features, and who is let in at which, with the errors Kafka 4.4 gives (KIP-584, KIP-778).
class UpdateFeaturesTest {
    private static final String LEVEL = MetadataLevel.FEATURE;

    private Steps steps = new Steps(TestImage.ofNodes(3, Map.of(), MetadataLevel.FIRST));
    private int lives;

    private Outcome update(FeatureChange change) {
        return steps.run(new UpdateFeatures(List.of(change), false));
    }

    private Outcome upgrade(String feature, int level) {
        return update(new FeatureChange(feature, level, false, false));
    }

    private Outcome downgrade(String feature, int level) {
        return update(new FeatureChange(feature, level, true, false));
    }

    private static Outcome invalid(String message) {
        return Outcome.refused(ErrorKind.INVALID_UPDATE_VERSION, message);
    }

    /// A later life of `node`, of a build that knows levels of the metadata up to `levelMax`.
    private Outcome register(int node, int levelMax) {
        lives++;
        return steps.run(new RegisterNode(
                        node,
                        new TopicId(node, 1_000 + lives),
                        new TopicId(node, 2),
                        List.of(),
                        "",
                        List.of(),
                        Map.of("metadata.version", new FeatureRange(7, 33), LEVEL, new FeatureRange(1, levelMax))))
                .outcome();
    }

    @Test
    void movesFeatureLevelsAsFarAsTheyAreKnown() {
        assertThat(upgrade("metadata.version", 30))
                .isEqualTo(invalid(
                        "Invalid update version 30 for feature metadata.version. Can't downgrade the version of this"
                                + " feature without setting the upgrade type to either safe or unsafe downgrade."));
        assertThat(upgrade("metadata.version", 34))
                .isEqualTo(invalid("Invalid update version 34 for feature metadata.version. Local controller 1 only"
                        + " supports versions 7-33"));
        assertThat(upgrade("nothing", 1))
                .isEqualTo(invalid("Invalid update version 1 for feature nothing. Local controller 1 does not support"
                        + " this feature."));
        assertThat(upgrade("metadata.version", -1).message()).endsWith("A feature version cannot be less than 0.");
        assertThat(downgrade("metadata.version", 30)).isEqualTo(Outcome.OK);
        assertThat(downgrade("metadata.version", 31).message()).endsWith("Can't downgrade to a newer version.");
        assertThat(steps.image().features()).containsEntry("metadata.version", 30);
        assertThat(steps.image().featuresEpoch()).isEqualTo(3);
    }

    @Test
    void aLevelWaitsUntilEveryRegisteredNodeKnowsIt() {
        assertThat(register(2, 1)).isEqualTo(Outcome.OK);
        steps.run(new FenceNode(2, steps.image().registration(2).orElseThrow().epoch()));

        assertThat(upgrade(LEVEL, 2))
                .isEqualTo(invalid(
                        "Invalid update version 2 for feature millrace.version. Broker 2 only supports versions 1"));
        assertThat(steps.image().level()).isEqualTo(MetadataLevel.FIRST);

        assertThat(register(2, 2)).isEqualTo(Outcome.OK);
        assertThat(upgrade(LEVEL, 2)).isEqualTo(Outcome.OK);
        assertThat(steps.image().level()).isEqualTo(MetadataLevel.CORDONS);
    }

    @Test
    void aClusterThatNeverHadALevelWorksAtTheFirst() {
        steps = new Steps(
                steps.image().with(List.of(new MetadataRecord.FeatureLevelSet(LEVEL, /* level */ 0, /* epoch */ 3))));
        assertThat(steps.image().features()).isEqualTo(Map.of("metadata.version", 33));
        assertThat(steps.image().level()).isEqualTo(MetadataLevel.FIRST);

        assertThat(upgrade(LEVEL, 2)).isEqualTo(Outcome.OK);
        assertThat(steps.image().level()).isEqualTo(MetadataLevel.CORDONS);
    }

    @Test
    void aNodeThatCanNotWorkAtTheFinalisedLevelIsNotLetIn() {
        assertThat(upgrade(LEVEL, 2)).isEqualTo(Outcome.OK);

        assertThat(register(2, 1))
                .isEqualTo(Outcome.refused(
                        ErrorKind.UNSUPPORTED_VERSION,
                        "Unable to register because the broker does not support finalized version 2 of millrace.version."
                                + " The broker wants a version between 1 and 1, inclusive."));
        assertThat(register(9, 0).error()).isEqualTo(ErrorKind.UNSUPPORTED_VERSION);
        assertThat(register(2, 3)).isEqualTo(Outcome.OK);
    }

    @Test
    void whatWasWrittenAtALevelStays() {
        assertThat(upgrade(LEVEL, 2)).isEqualTo(Outcome.OK);

        assertThat(downgrade(LEVEL, 1))
                .isEqualTo(
                        invalid("Unsupported millrace.version downgrade from 2 to 1. Refusing to perform the requested"
                                + " downgrade because it might delete metadata information."));
        assertThat(update(new FeatureChange(LEVEL, 1, true, true)))
                .isEqualTo(
                        invalid("Unsupported millrace.version downgrade from 2 to 1. Unsafe metadata downgrade is not"
                                + " supported in this version."));
    }

    @Test
    void aClusterThatHasLevelsGetsOthersOnlyWhenSomebodyAsks() {
        steps.run(new FinaliseFeatures(Map.of("metadata.version", 33, LEVEL, 2, "new.version", 1)));

        assertThat(steps.image().features()).isEqualTo(Map.of("metadata.version", 33, LEVEL, 1));
    }

    @Test
    void nodesAreCordonedFromTheLevelOnThatBroughtIt() {
        Outcome tooEarly = MetadataLevel.FIRST.tooLowFor(MetadataLevel.CORDONS);
        ConfigChanges cordon = new ConfigChanges(
                new ConfigResource(ConfigResource.Kind.NODE, "2"),
                false,
                List.of(new ConfigChange("cordoned.log.dirs", Operation.SET, "*")));

        assertThat(steps.run(new AlterConfigs(List.of(cordon), false))).containsExactly(tooEarly);
        assertThat(steps.image().configs(cordon.resource())).isEmpty();

        assertThat(upgrade(LEVEL, 2)).isEqualTo(Outcome.OK);
        assertThat(steps.run(new AlterConfigs(List.of(cordon), false))).containsExactly(Outcome.OK);
        assertThat(steps.image().cordoned()).containsExactly(2);
    }

    @Test
    void aRecordOfALaterLevelIsNeverDecided() {
        Decision.Draft draft = new Decision.Draft(steps.image());

        assertThatThrownBy(() -> draft.add(new MetadataRecord.NodeCordoned(2, true)))
                .isInstanceOf(InvariantViolation.class);
    }
}
