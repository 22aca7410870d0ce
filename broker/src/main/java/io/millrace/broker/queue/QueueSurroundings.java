package io.millrace.broker.queue;

import io.millrace.broker.message.MessageFormats;
import io.millrace.model.Clock;
import io.millrace.model.Loop;

/// What all queues of one loop share.
///
/// @param loop owns them
public record QueueSurroundings(
        Loop loop, Clock clock, MessageFormats formats, QueueMemory memory, DeadLetters deadLetters) {}
