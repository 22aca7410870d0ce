package io.millrace.amqp.session;

/// The consumer of answers sent straight to a channel (`amq.rabbitmq.reply-to`).
///
/// @param name what answers are addressed to
record ReplyConsumer(String tag, String name) {
    static final String QUEUE = "amq.rabbitmq.reply-to";
    static final String PREFIX = QUEUE + ".";

    /// Whether a queue name means a reply consumer and no queue.
    static boolean isReplyName(String queue) {
        return queue.equals(QUEUE) || queue.startsWith(PREFIX);
    }
}
