<?php
// Debian's php-amqplib as a client of the broker under test: php client.php HOST PORT SCENARIO. Exit code 0 when all of
// it held.
declare(strict_types=1);

require_once '/usr/share/php/PhpAmqpLib/autoload.php';

use PhpAmqpLib\Connection\AMQPStreamConnection;
use PhpAmqpLib\Exception\AMQPProtocolChannelException;
use PhpAmqpLib\Message\AMQPMessage;
use PhpAmqpLib\Wire\AMQPTable;

set_error_handler(function (int $severity, string $text): bool {
    if (!(error_reporting() & $severity) || $severity === E_DEPRECATED) {
        return false;
    }
    throw new ErrorException($text, 0, $severity);
});

function same(mixed $actual, mixed $expected): void
{
    if ($actual !== $expected) {
        throw new Exception('expected ' . var_export($expected, true) . ', was ' . var_export($actual, true));
    }
}

function publish_and_consume(AMQPStreamConnection $connection): void
{
    $channel = $connection->channel();
    [$queue] = $channel->queue_declare('', false, false, true);
    $channel->confirm_select();
    $headers = new AMQPTable(['text' => 'a', 'number' => 7, 'nested' => ['list' => [1, 'two']]]);
    for ($i = 0; $i < 100; $i++) {
        $properties = ['delivery_mode' => AMQPMessage::DELIVERY_MODE_PERSISTENT, 'application_headers' => $headers];
        $channel->basic_publish(new AMQPMessage("$i", $properties), '', $queue);
    }
    $channel->wait_for_pending_acks(20);
    $channel->basic_qos(0, 10, false);
    $bodies = [];
    $channel->basic_consume($queue, '', false, false, false, false, function (AMQPMessage $message) use (&$bodies) {
        $bodies[] = $message->body;
        same($message->get('application_headers')->getNativeData()['number'], 7);
        $message->ack();
    });
    while (count($bodies) < 100) {
        $channel->wait(null, false, 20);
    }
    same($bodies, array_map('strval', range(0, 99)));
}

function returned(AMQPStreamConnection $connection): void
{
    $channel = $connection->channel();
    $channel->confirm_select();
    $events = [];
    $channel->set_return_listener(function (int $code, string $text) use (&$events) {
        $events[] = "$code $text";
    });
    $channel->set_ack_handler(function () use (&$events) {
        $events[] = 'ack';
    });
    $channel->basic_publish(new AMQPMessage('m'), '', 'nobody', true);
    $channel->wait_for_pending_acks_returns(20);
    same($events, ['312 NO_ROUTE', 'ack']);
}

function channel_error(AMQPStreamConnection $connection): void
{
    try {
        $connection->channel()->queue_declare('nobody', true);
        throw new Exception('found');
    } catch (AMQPProtocolChannelException $error) {
        same($error->amqp_reply_code, 404);
        same($error->amqp_reply_text, "NOT_FOUND - no queue 'nobody' in vhost '/'");
    }
    same($connection->channel()->queue_declare('', false, false, true)[1], 0);
}

function transactions(AMQPStreamConnection $connection): void
{
    $channel = $connection->channel();
    [$queue] = $channel->queue_declare('', false, false, true);
    $channel->tx_select();
    $channel->basic_publish(new AMQPMessage('undone'), '', $queue);
    $channel->tx_rollback();
    $channel->basic_publish(new AMQPMessage('done'), '', $queue);
    $channel->tx_commit();
    same($channel->basic_get($queue, true)->body, 'done');
    same($channel->basic_get($queue, true), null);
}

$login = $argv[3] === 'amqplain' ? 'AMQPLAIN' : 'PLAIN';
$scenario = $argv[3] === 'amqplain' ? 'publish_and_consume' : $argv[3];
$connection = new AMQPStreamConnection($argv[1], (int) $argv[2], 'guest', 'guest', '/', false, $login);
$scenario($connection);
$connection->close();
