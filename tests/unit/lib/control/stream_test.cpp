#include "lib/control/stream.h"

#include <gmock/gmock.h>

#include "tests/unit/lib/control/control_fixture.h"

namespace hawser::control {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Optional;

// --- bytes

TEST(Frame, IsWhatASpecReaderReads) {
  EXPECT_EQ(frame({7, "role", R"({"to":"Active"})"}), "id: 7\nevent: role\ndata: {\"to\":\"Active\"}\n\n");
  EXPECT_EQ(frame({8, "role", "two\nlines"}), "id: 8\nevent: role\ndata: two\ndata: lines\n\n");
}

TEST(MessageReader, ReadsWhatFrameWritesHoweverItIsCut) {
  const std::vector<Message> sent{{7, "role", "{}"}, {8, "link", "a\nb\n"}, {9, "link", ""}};
  std::string text(kStillHere);
  for (const auto& message : sent) text += frame(message);
  for (std::size_t piece = 1; piece <= text.size(); ++piece) {
    MessageReader reader;
    std::vector<Message> read;
    for (std::size_t at = 0; at < text.size(); at += piece) {
      const auto some = reader.take(std::string_view(text).substr(at, piece));
      ASSERT_TRUE(some);
      read.insert(read.end(), some->begin(), some->end());
    }
    EXPECT_EQ(read, sent) << piece;
  }
}

TEST(MessageReader, SkipsCommentsAndFieldsItDoesNotKnowAndReadsCrLf) {
  MessageReader reader;
  EXPECT_THAT(reader.take(":\n\nretry: 5\nevent: x\ndata:1\r\n\r\n"),
              Optional(ElementsAre(Message{0, "x", "1"})));
}

TEST(MessageReader, AnEndlessLineOrMessageEndsTheStream) {
  MessageReader line;
  EXPECT_FALSE(line.take(std::string(MessageReader::kLongest + 1, 'x')));
  MessageReader message;
  std::string text;
  for (std::size_t i = 0; i <= MessageReader::kLongest / 1000; ++i)
    text += "data: " + std::string(1000, 'x') + "\n";
  EXPECT_FALSE(message.take(text));
}

TEST(Outbox, CountsWhatDoesNotFitAndSaysItInItsPlace) {
  const Message message{1, "a", std::string(100, 'x')};
  Outbox outbox(3 * frame(message).size());
  for (int i = 0; i < 5; ++i) outbox.put(message);
  const auto text = outbox.take();
  EXPECT_TRUE(text.ends_with(frame(message) + "event: missed\ndata: {\"missed\": 2}\n\n")) << text;
  EXPECT_TRUE(outbox.empty());
  outbox.put(message);
  EXPECT_EQ(outbox.take(), frame(message)) << "and goes on when there is room again";
}

TEST(Outbox, WhatComesAfterALossWaitsForIt) {
  Outbox outbox(40);
  outbox.put({1, "a", std::string(100, 'x')});
  outbox.put({2, "a", ""});
  EXPECT_EQ(outbox.take(), "event: missed\ndata: {\"missed\": 2}\n\n") << "or the order would be another one";
}

TEST(Feed, TellsEachListenerUntilItIsGone) {
  Feed feed;
  int woken = 0;
  const auto first = feed.listen(1000, [&] { ++woken; });
  auto second = feed.listen(1000, [&] { ++woken; });
  feed.publish({1, "a", "x"});
  EXPECT_EQ(woken, 2);
  second.reset();
  feed.publish({2, "a", "y"});
  EXPECT_EQ(woken, 3);
  EXPECT_EQ(feed.listeners(), 1U);
  EXPECT_EQ(first->outbox.take(), frame({1, "a", "x"}) + frame({2, "a", "y"}));
}

// --- over the socket

class ControlStream : public Control {
 protected:
  void start_feed(const Limits& limits = {}) {
    start(
        [this](const Request& request) {
          if (request.target != "/events") return Response{200, "ok"};
          return Response{200, frame({1, "past", "{}"}), feed_};
        },
        limits);
  }
  void publish(const Message& message) {
    boost::asio::post(server_->context(), [this, message] { feed_->publish(message); });
  }
  void await_streams(std::size_t count) {
    for (int i = 0; i < 500 && server_->streams() != count; ++i)
      std::this_thread::sleep_for(Milliseconds{10});
    ASSERT_EQ(server_->streams(), count);
  }
  void await_listeners() {
    const auto heard = [this] {
      std::promise<std::size_t> count;
      boost::asio::post(server_->context(), [&] { count.set_value(feed_->listeners()); });
      return count.get_future().get();
    };
    for (int i = 0; i < 500 && heard() == 0; ++i) std::this_thread::sleep_for(Milliseconds{10});
  }

  std::shared_ptr<Feed> feed_ = std::make_shared<Feed>();
};

constexpr const char* kAsk = "GET /events HTTP/1.1\r\n\r\n";

TEST_F(ControlStream, CarriesWhatWasAndWhatComes) {
  start_feed();
  std::vector<std::uint64_t> seen;
  const auto end = follow(socket(), {"GET", "/events"}, [&](const Message& message) {
    seen.push_back(message.id);
    if (message.id < 4) publish({message.id + 1, "next", "{}"});
    return message.id < 4;
  });
  EXPECT_TRUE(end) << end.error().text;
  EXPECT_THAT(seen, ElementsAre(1U, 2U, 3U, 4U));
}

TEST_F(ControlStream, IsNotCutAtTheDeadlineOfAnAnswer) {
  start_feed({.deadline = Milliseconds{50}, .still_here = Milliseconds{20}});
  const auto began = std::chrono::steady_clock::now();
  std::size_t seen = 0;
  std::thread later{[&] {
    std::this_thread::sleep_for(Milliseconds{300});
    publish({2, "late", "{}"});
  }};
  const auto end = follow(socket(), {"GET", "/events"}, [&](const Message&) { return ++seen < 2; });
  later.join();
  EXPECT_TRUE(end) << end.error().text;
  EXPECT_GE(std::chrono::steady_clock::now() - began, Milliseconds{300});
}

TEST_F(ControlStream, ShortRequestsDoNotPushAListenerOut) {
  start_feed({.connections = 2});
  const RawClient listener{socket()};
  listener.send(kAsk);
  await_streams(1);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(asked({}), "ok");
  const RawClient one{socket()};
  const RawClient two{socket()};
  const RawClient three{socket()};
  EXPECT_EQ(asked({}), "ok");
  EXPECT_EQ(server_->streams(), 1U);
}

TEST_F(ControlStream, ListenersBeyondTheLimitAreRefusedAndRequestsAreAnswered) {
  start_feed({.streams = 1});
  const RawClient listener{socket()};
  listener.send(kAsk);
  await_streams(1);
  const auto refused = follow(socket(), {"GET", "/events"}, [](const Message&) { return true; });
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().text, HasSubstr("1 listen already"));
  EXPECT_EQ(asked({}), "ok");
}

TEST_F(ControlStream, AListenerThatGoesMakesRoom) {
  start_feed({.streams = 1});
  {
    const RawClient listener{socket()};
    listener.send(kAsk);
    await_streams(1);
  }
  await_streams(0);
}

TEST_F(ControlStream, AListenerThatSpeaksIsLetGo) {
  start_feed();
  const RawClient listener{socket()};
  listener.send(kAsk);
  await_streams(1);
  listener.send("GET / HTTP/1.1\r\n\r\n");
  await_streams(0);
}

TEST_F(ControlStream, AListenerThatReadsNothingIsLetGoAndNobodyWaits) {
  start_feed({.deadline = Milliseconds{100}});
  const RawClient listener{socket()};
  listener.send(kAsk);
  await_streams(1);
  await_listeners();
  for (std::uint64_t id = 2; id < 40; ++id) publish({id, "big", std::string(100'000, 'x')});
  EXPECT_EQ(asked({}), "ok");
  await_streams(0);
}

TEST_F(ControlStream, ItsEndIsSaid) {
  start_feed();
  std::thread stopper;
  const auto end = follow(socket(), {"GET", "/events"}, [&](const Message&) {
    stopper = std::thread([this] { server_.reset(); });
    return true;
  });
  stopper.join();
  ASSERT_FALSE(end);
  EXPECT_THAT(end.error().text, HasSubstr("it has ended"));
}

TEST_F(ControlStream, SilenceIsSaid) {
  start_feed();
  const auto end = follow(
      socket(), {"GET", "/events"}, [](const Message&) { return true; }, Milliseconds{100});
  ASSERT_FALSE(end);
  EXPECT_THAT(end.error().text, HasSubstr("nothing within 100ms"));
}

TEST_F(ControlStream, WhatIsNoStreamIsAnsweredAsARefusal) {
  start([](const Request&) { return refusal(404, "no such thing"); });
  const auto end = follow(socket(), {"GET", "/events"}, [](const Message&) { return true; });
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().text, "netd: no such thing");
}

TEST_F(Control, SaysWhoAsks) {
  start([](const Request& request) {
    return Response{200, fmt::format("{} {}", request.peer.uid, request.peer.pid)};
  });
  EXPECT_EQ(asked({}), fmt::format("{} {}", ::getuid(), ::getpid()));
}

}  // namespace
}  // namespace hawser::control
