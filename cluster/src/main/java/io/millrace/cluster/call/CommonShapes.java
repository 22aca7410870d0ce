package io.millrace.cluster.call;

import io.millrace.broker.catalog.NodeView;
import io.millrace.broker.catalog.Outcome;
import io.millrace.cluster.metadata.RecordReader;
import io.millrace.cluster.metadata.RecordReader.MalformedRecord;
import io.millrace.cluster.metadata.RecordWriter;
import io.millrace.model.ErrorKind;
import io.millrace.model.TopicIdPartition;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/// The pieces that several calls are made of.
final class CommonShapes {
    private static final Map<String, ErrorKind> ERRORS =
            Arrays.stream(ErrorKind.values()).collect(Collectors.toMap(ErrorKind::name, Function.identity()));

    private CommonShapes() {}

    /// Errors travel by name: a release that does not know one still knows that it is an error.
    static void writeOutcome(RecordWriter out, Outcome outcome) {
        out.writeText(outcome.isOk() ? "" : outcome.error().name());
        out.writeText(outcome.message());
    }

    static Outcome readOutcome(RecordReader in) throws MalformedRecord {
        String error = in.readText();
        String message = in.readText();
        ErrorKind kind = error.isEmpty() ? ErrorKind.NONE : ERRORS.getOrDefault(error, ErrorKind.UNKNOWN);
        return new Outcome(kind, message);
    }

    static void writeOutcomes(RecordWriter out, List<Outcome> outcomes) {
        out.writeList(outcomes, CommonShapes::writeOutcome);
    }

    static List<Outcome> readOutcomes(RecordReader in) throws MalformedRecord {
        return in.readList(CommonShapes::readOutcome);
    }

    static void writeNodeIds(RecordWriter out, List<Integer> nodes) {
        out.writeList(nodes, RecordWriter::writeSigned);
    }

    static List<Integer> readNodeIds(RecordReader in) throws MalformedRecord {
        return in.readList(RecordReader::readSigned);
    }

    static void writeOptionalText(RecordWriter out, Optional<String> text) {
        out.writeBoolean(text.isPresent());
        text.ifPresent(out::writeText);
    }

    static Optional<String> readOptionalText(RecordReader in) throws MalformedRecord {
        return in.readBoolean() ? Optional.of(in.readText()) : Optional.empty();
    }

    static void writeEndpoint(RecordWriter out, NodeView.Endpoint endpoint) {
        out.writeText(endpoint.listener());
        out.writeText(endpoint.host());
        out.writeSigned(endpoint.port());
    }

    static NodeView.Endpoint readEndpoint(RecordReader in) throws MalformedRecord {
        return new NodeView.Endpoint(in.readText(), in.readText(), in.readSigned());
    }

    static void writePartition(RecordWriter out, TopicIdPartition partition) {
        out.writeId(partition.topicId());
        out.writeSigned(partition.partition());
    }

    static TopicIdPartition readPartition(RecordReader in) throws MalformedRecord {
        return new TopicIdPartition(in.readId(), in.readSigned());
    }
}
