use super::*;

const PAUSE: TimeDelta = TimeDelta::seconds(30);
const TRIAL: TimeDelta = TimeDelta::seconds(15);

fn at(milliseconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(1_750_000_000_000 + milliseconds).unwrap()
}

fn opened() -> Breaker {
    let mut breaker = Breaker::new(3, PAUSE, TRIAL);
    assert!(!breaker.failed(at(0), None) && !breaker.failed(at(0), None));
    assert_eq!(breaker.admit(at(0)), Ok(()));
    assert!(breaker.failed(at(0), None));
    breaker
}

#[test]
fn it_opens_at_the_threshold_and_to_the_millisecond() {
    let mut breaker = opened();
    assert_eq!(breaker.admit(at(0)), Err(PAUSE));
    assert_eq!(breaker.admit(at(29_999)), Err(TimeDelta::milliseconds(1)));
    assert_eq!(breaker.admit(at(30_000)), Ok(()));
}

#[test]
fn a_success_between_begins_the_count_again() {
    let mut breaker = Breaker::new(3, PAUSE, TRIAL);
    for _ in 0..10 {
        breaker.failed(at(0), None);
        breaker.failed(at(0), None);
        breaker.succeeded();
    }
    assert!(breaker.is_closed());
}

#[test]
fn half_open_lets_one_pass_at_a_time() {
    let mut breaker = opened();
    assert_eq!(breaker.admit(at(30_000)), Ok(()));
    assert_eq!(breaker.admit(at(30_000)), Err(TRIAL));
    assert_eq!(breaker.admit(at(44_999)), Err(TimeDelta::milliseconds(1)));
    // The first was dropped.
    assert_eq!(breaker.admit(at(45_000)), Ok(()));
    breaker.succeeded();
    assert!(breaker.is_closed());
    assert_eq!(breaker.admit(at(45_000)), Ok(()));
    assert_eq!(breaker.admit(at(45_000)), Ok(()));
}

#[test]
fn every_trial_that_fails_doubles_the_pause_up_to_five_minutes() {
    let mut breaker = opened();
    let mut now = at(30_000);
    let mut pauses = Vec::new();
    for _ in 0..14 {
        assert_eq!(breaker.admit(now), Ok(()));
        assert!(!breaker.failed(now, None));
        let wait = breaker.admit(now).unwrap_err();
        pauses.push(wait.num_seconds());
        now += wait;
    }
    assert_eq!(pauses[..3], [60, 120, 240]);
    assert_eq!(pauses[3..], [300; 11]);
    breaker.admit(now).unwrap();
    breaker.succeeded();
    for _ in 0..3 {
        breaker.failed(now, None);
    }
    assert_eq!(breaker.admit(now), Err(PAUSE), "after a success the pause is the first one again");
}

#[test]
fn what_the_endpoint_asks_for_opens_it_at_once() {
    let mut breaker = Breaker::new(3, PAUSE, TRIAL);
    assert!(breaker.failed(at(0), Some(TimeDelta::seconds(7))));
    assert_eq!(breaker.admit(at(0)), Err(TimeDelta::seconds(7)));
    // Another call, answered later, was asked for more, and a third for less.
    breaker.failed(at(1000), Some(TimeDelta::seconds(20)));
    breaker.failed(at(1000), Some(TimeDelta::seconds(1)));
    assert_eq!(breaker.admit(at(1000)), Err(TimeDelta::seconds(20)));
    breaker.failed(at(1000), Some(TimeDelta::days(400)));
    assert_eq!(breaker.admit(at(1000)), Err(LONGEST));
}

#[test]
fn a_clock_that_was_set_back_does_not_keep_it_open() {
    let mut breaker = opened();
    assert_eq!(breaker.admit(at(-2 * 24 * 3600 * 1000)), Ok(()));
}

#[test]
fn what_was_announced_is_no_failure() {
    let mut breaker = Breaker::new(2, PAUSE, TRIAL);
    let second = TimeDelta::seconds(1);
    for nth in 0..20 {
        assert_eq!(breaker.admit(at(nth * 1000)), Ok(()));
        breaker.failed(at(nth * 1000), Some(second));
    }
    // The first failure that nobody announced is the first.
    assert_eq!(breaker.admit(at(20_000)), Ok(()));
    breaker.failed(at(20_000), None);
    assert!(breaker.is_closed());
    breaker.failed(at(20_000), None);
    assert_eq!(breaker.admit(at(20_000)), Err(PAUSE));
}

/// Whatever happens in whatever order: a wait is never longer than a day, and never past what is waited for.
#[test]
fn random_histories_keep_the_promises() {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut random = move |below: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % below
    };
    let mut breaker = Breaker::new(3, PAUSE, TRIAL);
    let (mut now, mut fell) = (0_i64, false);
    for _ in 0..100_000 {
        now += i64::try_from(random(40_000)).unwrap();
        match random(4) {
            0 => {
                breaker.succeeded();
                fell = false;
                assert_eq!(breaker.clone().admit(at(now)), Ok(()));
            }
            1 => {
                let asked = 1 + i64::try_from(random(100_000)).unwrap();
                breaker.failed(at(now), (random(4) == 0).then(|| TimeDelta::seconds(asked)));
                fell = true;
            }
            _ => {
                if let Err(wait) = breaker.admit(at(now)) {
                    assert!(fell && wait > TimeDelta::zero() && wait <= LONGEST);
                    assert_eq!(breaker.clone().admit(at(now) + wait), Ok(()));
                }
            }
        }
    }
}
