package io.millrace.cluster.metadata;

import io.millrace.broker.catalog.ConfigResource;
import io.millrace.broker.catalog.NodeView.Standing;
import io.millrace.cluster.metadata.RecordReader.MalformedRecord;

/// The numbers that stand for kinds in records and in calls between nodes. A number that was ever written never changes
/// its meaning.
public final class RecordNumbers {
    private RecordNumbers() {}

    public static int of(ConfigResource.Kind kind) {
        return switch (kind) {
            case TOPIC -> 1;
            case NODE -> 2;
            case NODE_LOGGER -> 3;
            case GROUP -> 4;
            case CLIENT_METRICS -> 5;
        };
    }

    /// @throws MalformedRecord when the number stands for nothing
    public static ConfigResource.Kind kind(int number) throws MalformedRecord {
        return switch (number) {
            case 1 -> ConfigResource.Kind.TOPIC;
            case 2 -> ConfigResource.Kind.NODE;
            case 3 -> ConfigResource.Kind.NODE_LOGGER;
            case 4 -> ConfigResource.Kind.GROUP;
            case 5 -> ConfigResource.Kind.CLIENT_METRICS;
            default -> throw new MalformedRecord("kind of resource " + number);
        };
    }

    public static int of(Standing standing) {
        return switch (standing) {
            case ACTIVE -> 0;
            case FENCED -> 1;
            case LEAVING -> 2;
        };
    }

    /// @throws MalformedRecord when the number stands for nothing
    public static Standing standing(int number) throws MalformedRecord {
        return switch (number) {
            case 0 -> Standing.ACTIVE;
            case 1 -> Standing.FENCED;
            case 2 -> Standing.LEAVING;
            default -> throw new MalformedRecord("standing " + number);
        };
    }
}
