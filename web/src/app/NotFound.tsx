import { useNavigate } from 'react-router';
import { Button } from '../ui/Button';
import { Message } from './Message';

export function NotFound() {
  const navigate = useNavigate();
  return (
    <Message
      title="Nothing is here"
      actions={
        <Button look="lit" onClick={() => void navigate('/')}>
          Go to the start
        </Button>
      }
    >
      This address leads to no page. Rooms have links like /r/abcd2345.
    </Message>
  );
}
