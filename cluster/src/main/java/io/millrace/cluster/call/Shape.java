package io.millrace.cluster.call;

import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.cluster.metadata.MetadataLevel;
import io.millrace.cluster.metadata.RecordReader;
import io.millrace.cluster.metadata.RecordReader.MalformedRecord;
import io.millrace.cluster.metadata.RecordWriter;
import java.util.function.BiConsumer;

/// How one kind of call and its reply are written. The numbers are on the wire between releases: never reuse one.
///
/// @param number after the version byte
/// @param since the level that brought the call: it is asked for no earlier
/// @param type the class of what is written: a command, or a call by itself
record Shape<C, R>(
        int number,
        MetadataLevel since,
        Class<C> type,
        BiConsumer<RecordWriter, C> writer,
        RecordReader.Element<C> reader,
        BiConsumer<RecordWriter, R> replyWriter,
        ReplyReader<R> replyReader) {
    /// Reads a reply.
    @FunctionalInterface
    interface ReplyReader<R> {
        /// @param image what is known here: settings of topics are resolved by it
        R read(RecordReader in, MetadataImage image) throws MalformedRecord;
    }
}
