package io.millrace.cluster.call;

import io.millrace.broker.catalog.CatalogChanges.ConfigChange;
import io.millrace.broker.catalog.CatalogChanges.ConfigChanges;
import io.millrace.broker.catalog.CatalogChanges.Operation;
import io.millrace.broker.catalog.CatalogChanges.ProducerIdBlock;
import io.millrace.broker.catalog.ClusterChanges.FeatureChange;
import io.millrace.broker.catalog.ConfigResource;
import io.millrace.broker.catalog.Outcome;
import io.millrace.cluster.controller.AllocateProducerIds;
import io.millrace.cluster.controller.AlterConfigs;
import io.millrace.cluster.controller.UpdateFeatures;
import io.millrace.cluster.metadata.MetadataLevel;
import io.millrace.cluster.metadata.RecordNumbers;
import io.millrace.cluster.metadata.RecordReader;
import io.millrace.cluster.metadata.RecordReader.MalformedRecord;
import io.millrace.cluster.metadata.RecordWriter;
import java.util.List;
import java.util.Optional;

/// Calls about settings, features and producer ids.
final class ConfigShapes {
    static final Shape<AlterConfigs, List<Outcome>> ALTER = new Shape<>(
            4,
            MetadataLevel.FIRST,
            AlterConfigs.class,
            (out, alter) -> {
                out.writeList(alter.changes(), ConfigShapes::writeChanges);
                out.writeBoolean(alter.validateOnly());
            },
            in -> new AlterConfigs(in.readList(ConfigShapes::readChanges), in.readBoolean()),
            CommonShapes::writeOutcomes,
            (in, image) -> CommonShapes.readOutcomes(in));

    static final Shape<AllocateProducerIds, ProducerIdBlock> PRODUCER_IDS = new Shape<>(
            5,
            MetadataLevel.FIRST,
            AllocateProducerIds.class,
            (out, allocate) -> out.writeSigned(allocate.nodeId()),
            in -> new AllocateProducerIds(in.readSigned()),
            (out, block) -> {
                CommonShapes.writeOutcome(out, block.outcome());
                out.writeVarlong(block.first());
                out.writeSigned(block.count());
            },
            (in, image) -> new ProducerIdBlock(CommonShapes.readOutcome(in), in.readVarlong(), in.readSigned()));

    static final Shape<UpdateFeatures, Outcome> FEATURES = new Shape<>(
            6,
            MetadataLevel.FIRST,
            UpdateFeatures.class,
            (out, update) -> {
                out.writeList(update.changes(), (each, change) -> {
                    each.writeText(change.feature());
                    each.writeSigned(change.level());
                    each.writeBoolean(change.downgrade());
                    each.writeBoolean(change.unsafe());
                });
                out.writeBoolean(update.validateOnly());
            },
            in -> new UpdateFeatures(
                    in.readList(each -> new FeatureChange(
                            each.readText(), each.readSigned(), each.readBoolean(), each.readBoolean())),
                    in.readBoolean()),
            CommonShapes::writeOutcome,
            (in, image) -> CommonShapes.readOutcome(in));

    private ConfigShapes() {}

    private static void writeChanges(RecordWriter out, ConfigChanges changes) {
        out.writeByte(RecordNumbers.of(changes.resource().kind()));
        out.writeText(changes.resource().name());
        out.writeBoolean(changes.replaceAll());
        out.writeList(changes.changes(), (each, change) -> {
            each.writeText(change.name());
            each.writeByte(operationNumber(change.operation()));
            CommonShapes.writeOptionalText(each, Optional.ofNullable(change.value()));
        });
    }

    private static ConfigChanges readChanges(RecordReader in) throws MalformedRecord {
        ConfigResource resource = new ConfigResource(RecordNumbers.kind(in.readByte()), in.readText());
        return new ConfigChanges(
                resource,
                in.readBoolean(),
                in.readList(each -> new ConfigChange(
                        each.readText(),
                        operation(each.readByte()),
                        CommonShapes.readOptionalText(each).orElse(null))));
    }

    private static int operationNumber(Operation operation) {
        return switch (operation) {
            case SET -> 1;
            case DELETE -> 2;
            case APPEND -> 3;
            case SUBTRACT -> 4;
        };
    }

    private static Operation operation(int number) throws MalformedRecord {
        return switch (number) {
            case 1 -> Operation.SET;
            case 2 -> Operation.DELETE;
            case 3 -> Operation.APPEND;
            case 4 -> Operation.SUBTRACT;
            default -> throw new MalformedRecord("operation " + number);
        };
    }
}
