#include "netd/runner/queue.h"

#include <map>
#include <random>

#include <gmock/gmock.h>

namespace hawser::netd {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(RunnerQueue, BeginsOneOfAnObjectAtATimeInTheOrderOfTheirComing) {
  Queue queue;
  for (const Queue::Ticket ticket : {1U, 2U, 3U}) EXPECT_TRUE(queue.add(ticket, "a"));
  EXPECT_THAT(queue.begin(), ElementsAre(1));
  EXPECT_THAT(queue.begin(), IsEmpty());
  queue.ended("a");
  EXPECT_THAT(queue.begin(), ElementsAre(2));
  queue.ended("a");
  EXPECT_THAT(queue.begin(), ElementsAre(3));
}

TEST(RunnerQueue, LetsNoObjectWaitForAnother) {
  Queue queue;
  queue.add(1, "a");
  queue.add(2, "a");
  queue.add(3, "b");
  EXPECT_THAT(queue.begin(), ElementsAre(1, 3));
}

TEST(RunnerQueue, RunsAFewAtOnceAndTheOthersWhenThereIsRoom) {
  Queue queue({.running = 2, .waiting = 8});
  for (const Queue::Ticket ticket : {1U, 2U, 3U}) queue.add(ticket, std::string(ticket, 'x'));
  EXPECT_THAT(queue.begin(), ElementsAre(1, 2));
  queue.ended("xx");
  EXPECT_THAT(queue.begin(), ElementsAre(3));
}

TEST(RunnerQueue, TakesAFewThatWaitForOneObjectAndRefusesMore) {
  Queue queue({.running = 2, .waiting = 2});
  EXPECT_TRUE(queue.add(1, "a"));
  queue.begin();
  EXPECT_TRUE(queue.add(2, "a"));
  EXPECT_TRUE(queue.add(3, "a"));
  EXPECT_FALSE(queue.add(4, "a"));
  EXPECT_TRUE(queue.add(5, "b"));
  EXPECT_EQ(queue.waiting("a"), 2U);
}

TEST(RunnerQueue, ForgetsWhomNobodyWaitsFor) {
  Queue queue;
  for (const Queue::Ticket ticket : {1U, 2U, 3U}) queue.add(ticket, "a");
  queue.begin();
  queue.drop(2);
  queue.ended("a");
  EXPECT_THAT(queue.begin(), ElementsAre(3));
}

// Random comings and endings: never two of an object, never more than there is room for, nobody forgotten.
TEST(RunnerQueue, NeverOverlapsAndForgetsNobody) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    std::mt19937 random(seed);
    Queue queue({.running = 3, .waiting = 4});
    std::map<std::string, Queue::Ticket> running;
    std::map<Queue::Ticket, std::string> taken;
    std::size_t begun = 0;
    const auto begin = [&] {
      for (const auto ticket : queue.begin()) {
        ASSERT_TRUE(running.emplace(taken.at(ticket), ticket).second) << "two of one object";
        ++begun;
      }
      ASSERT_LE(running.size(), 3U);
    };
    for (Queue::Ticket ticket = 1; ticket <= 100; ++ticket) {
      const std::string object(1, static_cast<char>('a' + random() % 6));
      if (queue.add(ticket, object)) taken[ticket] = object;
      if (random() % 2 == 0) begin();
      if (random() % 2 == 0 && !running.empty()) {
        queue.ended(running.begin()->first);
        running.erase(running.begin());
      }
    }
    for (begin(); !running.empty(); begin()) {
      queue.ended(running.begin()->first);
      running.erase(running.begin());
    }
    EXPECT_EQ(begun, taken.size()) << "seed " << seed;
  }
}

}  // namespace
}  // namespace hawser::netd
