package io.millrace.cluster.controller;

import io.millrace.broker.catalog.CatalogChanges.ProducerIdBlock;
import io.millrace.broker.catalog.Outcome;
import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.cluster.metadata.MetadataRecord.ProducerIdsAllocated;
import io.millrace.model.ErrorKind;
import io.millrace.model.Randomness;

/// Hands a block of producer ids to a node.
public record AllocateProducerIds(int nodeId) implements Command<ProducerIdBlock> {
    /// Ids in a block, as in Kafka.
    static final int BLOCK_SIZE = 1_000;

    @Override
    public Decision<ProducerIdBlock> decide(MetadataImage image, Randomness randomness) {
        if (nodeId < 0) {
            return Decision.unchanged(
                    image, refused(Outcome.refused(ErrorKind.INVALID_REQUEST, "There is no node " + nodeId + ".")));
        }
        long first = image.nextProducerId();
        if (first > Long.MAX_VALUE - BLOCK_SIZE) {
            return Decision.unchanged(
                    image,
                    refused(Outcome.refused(
                            ErrorKind.UNKNOWN,
                            "Exhausted all producerIds as the next block's end producerId has exceeded the int64 type"
                                    + " limit")));
        }
        Decision.Draft draft = new Decision.Draft(image);
        draft.add(new ProducerIdsAllocated(nodeId, first + BLOCK_SIZE));
        return draft.decision(new ProducerIdBlock(Outcome.OK, first, BLOCK_SIZE));
    }

    @Override
    public boolean isRepeatable() {
        return true;
    }

    @Override
    public ProducerIdBlock refused(Outcome why) {
        return new ProducerIdBlock(why, 0, 0);
    }
}
