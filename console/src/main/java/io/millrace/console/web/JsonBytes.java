package io.millrace.console.web;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;

/// JSON trees to bytes and back.
public final class JsonBytes {
    /// Deep enough for what clients declare, too shallow to hurt.
    private static final int DEPTH_MAX = 64;

    /// Long enough for a page of queues and for a node's definitions; without a limit one request could take all
    /// memory.
    static final int ANSWER_BYTES_MAX = 128 * 1024 * 1024;

    private static final ObjectMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(DEPTH_MAX)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private JsonBytes() {}

    static byte[] of(JsonNode tree) {
        try {
            return MAPPER.writeValueAsBytes(tree);
        } catch (JsonProcessingException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    /// @throws Refusal when the bytes are no JSON object
    static JsonNode object(byte[] body) throws Refusal {
        try {
            JsonNode tree = MAPPER.readTree(body);
            if (tree.isObject()) {
                return tree;
            }
        } catch (IOException malformed) {
            throw Refusal.badRequest("not_json");
        }
        throw Refusal.badRequest("not_json");
    }

    /// A list, one item in memory at a time.
    ///
    /// @throws Refusal when it is longer than an answer may be
    static byte[] list(Iterator<? extends JsonNode> items) throws Refusal {
        var out = new ByteArrayOutputStream();
        try (JsonGenerator json = MAPPER.createGenerator(out)) {
            json.writeStartArray();
            while (items.hasNext()) {
                MAPPER.writeTree(json, items.next());
                if (out.size() > ANSWER_BYTES_MAX) {
                    json.disable(JsonGenerator.Feature.AUTO_CLOSE_JSON_CONTENT);
                    throw Refusal.badRequest("the list is too long for one answer: use page and page_size");
                }
            }
            json.writeEndArray();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return out.toByteArray();
    }
}
