package io.millrace.broker.stream;

import io.millrace.broker.message.Message;
import org.jspecify.annotations.Nullable;

/// A message as its stream's consumers get it: its place is in its headers.
///
/// @param filterValue what consumers may filter it by, `null` when nothing
record StreamMessage(long offset, Message message, @Nullable String filterValue) {}
